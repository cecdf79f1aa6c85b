/** Practice killed at an operation drawn at random, in each method, ends where it would have ended. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@llm/core';
import { afterAll, expect, test } from 'vitest';
import type { Moment, OperationPlan } from './operation-plan.js';

// Slow: seven processes, one after the other

const home = mkdtempSync(join(tmpdir(), 'practice-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const methods = ['grpo', 'ppo', 'preferences', 'labelled', 'process'];

function run(plan: OperationPlan): Promise<number | NodeJS.Signals> {
  const file = (name: string): URL => new URL(name, import.meta.url);
  const imports = ['tsx', file('operation-hook.ts').href].flatMap((each) => ['--import', each]);
  const program = [fileURLToPath(file('practice-program.ts')), plan.directory];
  const env = { ...process.env, LLM_OPERATIONS: JSON.stringify(plan) };
  const child = spawn(process.execPath, ['--conditions=@llm/source', ...imports, ...program], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code!)));
}

const finals = (directory: string): string[] =>
  methods.map((method) => readFileSync(join(directory, method, 'final'), 'utf8'));

test('killed in each method, and started again, it ends with the same numbers', {
  timeout: 300_000,
}, async () => {
  const straight = join(home, 'straight');
  const log = join(home, 'operations');
  expect(await run({ directory: straight, log })).toBe(0);
  const operations = readFileSync(log, 'utf8').trimEnd().split('\n');
  const seed = Number(process.env.KILL_SEED ?? 1);
  const random = createRandom(seed, 'practice');
  const killed = join(home, 'killed');
  const how = ['kill before', 'kill half-way', 'kill after'] as const;
  for (const group of methods) {
    const count = operations.filter((line) => line.startsWith(`${group} `)).length;
    const moment: Moment = { group, n: 1 + random.integer(count), how: random.pick(how) };
    expect(await run({ directory: killed, moment }), `${seed}: ${JSON.stringify(moment)}`).toBe('SIGKILL');
  }
  expect(await run({ directory: killed })).toBe(0);
  expect(finals(killed)).toEqual(finals(straight));
  // Each learnt something: its numbers are its own.
  expect(new Set(finals(straight)).size).toBe(methods.length);
});
