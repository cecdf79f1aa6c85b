/**
 * `npm run fuzz -- SECONDS [--target NAME] [--seed N] [--replay INDEX]`: every parser of the project over
 * mutated files, in a worker whose time and memory are watched. A fault is an untyped error, an input that
 * takes longer than five seconds, or one that takes the process above its memory; it is printed with what
 * replays it. Exit code 1 when there was one.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type FuzzTask, fuzzInput } from './fuzz-worker.js';
import { targets } from './targets.js';

const longestMilliseconds = 5000;
const mostBytes = 1.5e9;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
  },
});
const seconds = Number(positionals[0] ?? 60);
const seed = Number(values.seed);
const names = Object.keys(targets).filter((name) => values.target === undefined || name === values.target);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
if (names.length === 0 || !(seconds > 0))
  throw new Error(`usage: fuzz SECONDS [--target ${Object.keys(targets).join('|')}]`);

if (values.replay !== undefined) {
  const bytes = fuzzInput(names[0]!, seed, Number(values.replay));
  print(JSON.stringify(new TextDecoder('latin1').decode(bytes).slice(0, 4000)));
  await targets[names[0]!]!.parse(bytes);
  process.exit();
}

let faults = 0;
for (const name of names) {
  const end = Date.now() + (1000 * seconds) / names.length;
  const seen = new Set<string>();
  const fault = (index: number, what: string): void => {
    // The same fault is found again and again: once by its place is enough.
    const place = what.split('\n').slice(0, 2).join(' ');
    if (seen.has(place) || seen.size >= 20) return;
    seen.add(place);
    faults++;
    print(`${name} --seed ${seed} --replay ${index}: ${what.split('\n').slice(0, 4).join('\n    ')}`);
  };
  let next = 0;
  while (Date.now() < end) next = (await watch(name, next, end, fault)) + 1;
  print(`${name}: ${next} inputs, ${seen.size} faults`);
}
if (faults > 0) process.exitCode = 1;

/** Runs a worker until the time is over or an input is too much for it; returns the last input begun. */
async function watch(
  target: string,
  first: number,
  end: number,
  fault: (index: number, what: string) => void,
): Promise<number> {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  Atomics.store(progress, 0, first - 1);
  const task: FuzzTask = { target, seed, first, progress };
  const worker = new Worker(new URL('./fuzz-worker-source.mjs', import.meta.url), {
    workerData: task,
    execArgv: ['--conditions=@llm/source'],
    resourceLimits: { maxOldGenerationSizeMb: 1000, stackSizeMb: 4 },
  });
  const failed = new Promise<void>((resolve) => {
    worker.on('error', (error) => {
      fault(Atomics.load(progress, 0), `the worker ended: ${error.stack ?? error.message}`);
      resolve();
    });
  });
  worker.on('message', ({ index, error }: { index: number; error: string }) => fault(index, error));
  const before = process.memoryUsage().rss;
  for (;;) {
    const isOver = await Promise.race([failed.then(() => true), sleep(100).then(() => false)]);
    const index = Atomics.load(progress, 0);
    const begun = Atomics.load(progress, 1);
    const milliseconds = ((Date.now() & 0x7fffffff) - begun) & 0x7fffffff;
    if (!isOver && index >= first && milliseconds > longestMilliseconds) {
      fault(index, `takes longer than ${longestMilliseconds} ms`);
      break;
    }
    if (!isOver && process.memoryUsage().rss - before > mostBytes) {
      fault(index, `takes more than ${mostBytes / 1e9} GB`);
      break;
    }
    if (isOver || Date.now() > end) break;
  }
  await worker.terminate();
  return Atomics.load(progress, 0);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
