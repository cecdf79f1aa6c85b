/**
 * Kills the smoke pipeline with SIGKILL at ten random moments, reruns it until it is done, and compares what it
 * leaves with an uninterrupted run. `npm run kill-test [-- --kills 10 --seed 1 --directory DIR --threads N]`,
 * run in apps/pipeline.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '@llm/core';
import { readEventLog } from '../src/run/event-log.js';
import { compareArtifacts, finalArtifacts } from '../src/testing/final-artifacts.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    directory: { type: 'string' },
    threads: { type: 'string' },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'llm-kill-'));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const reference = join(directory, 'reference');
const killed = join(directory, 'killed');
rmSync(killed, { recursive: true, force: true });

print(`directory ${directory}, seed ${seed}, ${kills} kills`);
const started = performance.now();
await runToTheEnd(reference);
const seconds = (performance.now() - started) / 1000;
print(`uninterrupted run: ${seconds.toFixed(1)} s`);

// Moments uniform over an uninterrupted run; each session lives for the gap between two of them, plus its start.
const random = createRandom(seed, 'kill-test');
const startSeconds = 2;
const moments = Array.from({ length: kills }, () => random.uniform() * seconds).sort((a, b) => a - b);
let done = 0;
for (const [index, moment] of moments.entries()) {
  const life = moment - (moments[index - 1] ?? 0) + startSeconds;
  if (await runFor(killed, life)) break;
  done++;
  print(`kill ${done} after ${life.toFixed(2)} s, in ${lastActivity(killed)}`);
}
await runToTheEnd(killed);

const differences = compareArtifacts(finalArtifacts(reference), finalArtifacts(killed));
for (const line of differences) print(line);
const files = finalArtifacts(reference).size;
print(`${done} kills, ${files} artifacts compared, ${differences.length} differences`);
if (done < kills) print(`the run was done after ${done} kills`);
if (differences.length > 0 || done < kills) process.exitCode = 1;
else if (values.directory === undefined) rmSync(directory, { recursive: true });

function start(run: string): ChildProcess {
  const flags = ['--preset', 'smoke', '--run', run];
  if (values.threads !== undefined) flags.push('--threads', values.threads);
  return spawn(
    process.execPath,
    ['--conditions=@llm/source', '--import', 'tsx', 'src/main.ts', 'run', ...flags],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

async function runToTheEnd(run: string): Promise<void> {
  const child = start(run);
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`The pipeline ended with ${String(code)}:\n${errors}`);
}

/** Whether it was done before it could be killed. */
async function runFor(run: string, life: number): Promise<boolean> {
  const child = start(run);
  child.stderr?.resume();
  const timer = setTimeout(() => child.kill('SIGKILL'), life * 1000);
  const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)));
  clearTimeout(timer);
  return signal !== 'SIGKILL';
}

function lastActivity(run: string): string {
  const event = readEventLog(run).at(-1);
  if (event === undefined) return 'its start';
  const step = event.type === 'metric' ? `, step ${event.step}` : '';
  return `${'at' in event ? event.at : 'its start'} (${event.type}${step})`;
}
