/**
 * Stops runs at moments drawn by operation (the n-th write, rename or flush in a stage's folder; before it,
 * half-way, after it), reruns them until they are done, and compares what they leave with an uninterrupted
 * run. On the invented web and on input of the user's, by SIGKILL and by a full disk.
 *
 *     npm run kill-test -- [--short] [--kills 2] [--seed 1] [--directory DIR] [--threads N]
 *
 * `--kills` is for each group of operations; `--short` takes a tiny model up to SFT and a moment in each of a
 * few groups.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@llm/core';
import { compareArtifacts, finalArtifacts } from '../src/testing/final-artifacts.js';
import { groups, type Moment, type OperationPlan } from '../src/testing/operation-plan.js';
import { writeOwnInput } from '../src/testing/own-input.js';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    kills: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    directory: { type: 'string' },
    threads: { type: 'string' },
  },
});
const seed = Number(values.seed);
const random = createRandom(seed, 'kill-test');
const home = values.directory ?? mkdtempSync(join(tmpdir(), 'llm-kill-'));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const tiny =
  '--size 120 --vocabulary 400 --depth 1 --context 64 --pretrain-steps 20 --sft-steps 20 --rl-steps 2';
const common = [
  ...['--preset', 'smoke'],
  ...(values.short ? tiny.split(' ') : []),
  ...(values.threads === undefined ? [] : ['--threads', values.threads]),
];

interface Scenario {
  readonly name: string;
  readonly command: readonly string[];
  /** How many moments in which group. */
  readonly moments: Readonly<Record<string, number>>;
  readonly how: readonly Moment['how'][];
}

const killing = ['kill before', 'kill half-way', 'kill after'] as const;
const perGroup = values.short ? 1 : Number(values.kills);
const each = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, perGroup]));

print(`directory ${home}, seed ${seed}`);
mkdirSync(home, { recursive: true });
const own = await writeOwnInput(join(home, 'input'));
const command = values.short ? 'sft' : 'run';
const ownFlags = common.filter((flag, index) => flag !== '--size' && common[index - 1] !== '--size');
const scenarios: Scenario[] = [
  {
    name: 'web',
    command: [command, ...common],
    moments: each(values.short ? ['crawl', 'data', 'pretrain', 'report'] : ['events', ...groups]),
    how: killing,
  },
  {
    name: 'own input',
    command: [command, ...ownFlags, ...own],
    moments: each(values.short ? ['tokenizer', 'sft'] : ['events', 'data', 'tokenizer', 'sft']),
    how: killing,
  },
  {
    name: 'full disk',
    command: [command, ...ownFlags, ...own],
    moments: each(values.short ? ['data'] : ['events', 'config', 'data', 'pretrain', 'sft', 'report']),
    how: ['no space'],
  },
];

const started = performance.now();
let failures = 0;
const references = new Map<string, { readonly run: string; readonly log: string }>();
for (const scenario of scenarios) failures += await play(scenario);
print(`${Math.round((performance.now() - started) / 1000)} s, ${failures} failures`);
if (failures > 0) process.exitCode = 1;
else if (values.directory === undefined) rmSync(home, { recursive: true });

/** The number of failures. */
async function play({ name, command, moments, how }: Scenario): Promise<number> {
  const { run: reference, log } = await referenceOf(command, name);
  const counts = countGroups(log);
  const drawn = Object.entries(moments).flatMap(([group, count]) =>
    Array.from({ length: count }, (): Moment => {
      // Events come with the clock; the first few come to every session.
      const most = group === 'events' ? 10 : (counts.get(group) ?? 1);
      return { group, n: 1 + random.integer(most), how: random.pick(how) };
    }),
  );
  const order = (moment: Moment): number => groups.indexOf(moment.group as (typeof groups)[number]);
  drawn.sort((a, b) => order(a) - order(b) || a.n - b.n);

  const run = join(home, name.replaceAll(' ', '-'));
  rmSync(run, { recursive: true, force: true });
  let failed = 0;
  let stopped = 0;
  for (const moment of drawn) {
    const sessionLog = join(home, 'operations');
    rmSync(sessionLog, { force: true });
    const { code, errors } = await start([...command, '--run', run], {
      directory: run,
      log: sessionLog,
      moment,
    });
    if (code === 0) break;
    const last = existsSync(sessionLog) ? readFileSync(sessionLog, 'utf8').trimEnd().split('\n').at(-1) : '';
    const isAsExpected =
      moment.how === 'no space'
        ? code === 1 && /(ENOSPC|disk is full).*\[[a-z/-]+\]$/m.test(errors)
        : code === 'SIGKILL';
    print(
      `${name}: ${moment.how} at ${moment.group} ${moment.n}: ${last}${isAsExpected ? '' : `: ended with ${code}`}`,
    );
    if (!isAsExpected) {
      failed++;
      print(errors);
    }
    stopped++;
  }
  const end = await start([...command, '--run', run]);
  if (end.code !== 0) {
    print(`${name}: the last rerun ended with ${end.code}:\n${end.errors}`);
    return failed + 1;
  }
  const differences = compareArtifacts(finalArtifacts(reference), finalArtifacts(run));
  for (const line of differences) print(`${name}: ${line}`);
  print(
    `${name}: stopped ${stopped} times, ${finalArtifacts(reference).size} artifacts compared, ${differences.length} differences`,
  );
  return failed + differences.length + (stopped === 0 ? 1 : 0);
}

/** An uninterrupted run of a command, and the operations it took. */
async function referenceOf(
  command: readonly string[],
  name: string,
): Promise<{ readonly run: string; readonly log: string }> {
  const known = references.get(command.join(' '));
  if (known !== undefined) return known;
  const run = join(home, `${name.replaceAll(' ', '-')}-reference`);
  const log = `${run}.operations`;
  for (const path of [run, log]) rmSync(path, { recursive: true, force: true });
  const begun = performance.now();
  const { code, errors } = await start([...command, '--run', run], { directory: run, log });
  if (code !== 0) throw new Error(`The uninterrupted run ended with ${code}:\n${errors}`);
  print(`${name}: uninterrupted in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  references.set(command.join(' '), { run, log });
  return { run, log };
}

function countGroups(log: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const group = line.split(' ', 1)[0] ?? '';
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

interface End {
  /** Exit code, or the signal it died of. */
  readonly code: number | string | null;
  readonly errors: string;
}

function start(parameters: readonly string[], plan?: OperationPlan): Promise<End> {
  const url = (path: string): URL => new URL(path, import.meta.url);
  const hook = plan === undefined ? [] : ['--import', url('../src/testing/operation-hook.ts').href];
  const program = fileURLToPath(url('../src/main.ts'));
  const child = spawn(
    process.execPath,
    ['--conditions=@llm/source', '--import', 'tsx', ...hook, program, ...parameters],
    {
      cwd: fileURLToPath(url('..')),
      env: { ...process.env, LLM_OPERATIONS: JSON.stringify(plan ?? null) },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, errors }));
  });
}
