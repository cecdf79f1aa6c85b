/**
 * `npm run fuzz -- SECONDS [--target NAME] [--inputs N] [--seed N] [--first INDEX] [--replay INDEX]`: every parser of the
 * project over damaged files, in a worker whose time and memory are watched. A fault is an untyped error,
 * damage that a digest should have shown, an input that takes more than five seconds of a processor, or one
 * that takes the process above its memory; it is printed with what replays it. Exit code 1 when there was
 * one.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type FuzzFault, type FuzzMemory, type FuzzTask, fuzzInput, places } from './fuzz-worker.js';
import { targets } from './targets.js';

/** Of processor time, which does not depend on what else the machine does. */
const mostCpuSeconds = 5;
/** For an input that waits for what never comes. */
const longestSeconds = 120;
/** Above the program itself: the inputs are small, and what is made of them must be. */
const mostBytes = 7e8;
const mostHeapMegabytes = 400;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    replay: { type: 'string' },
    inputs: { type: 'string', default: 'Infinity' },
  },
});
const seconds = Number(positionals[0] ?? 60);
const seed = Number(values.seed);
const chosen = [...targets.keys()].filter((number) =>
  [undefined, targets[number]!.name].includes(values.target),
);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
if (chosen.length === 0 || !(seconds > 0))
  throw new Error(`usage: fuzz SECONDS [--target '${targets.map(({ name }) => name).join("' | '")}']`);

if (values.replay !== undefined) {
  const target = targets[chosen[0]!]!;
  const { bytes, file } = fuzzInput(target, seed, Number(values.replay));
  print(`${file}: ${JSON.stringify(new TextDecoder('latin1').decode(bytes).slice(0, 4000))}`);
  await target.run(bytes, file);
  process.exit();
}

const shared = new Int32Array(new SharedArrayBuffer(4 * (places.inputs + targets.length)));
shared.fill(Number(values.first), places.inputs);
const faults = targets.map(() => new Set<string>());
const memories = new Map<number, FuzzMemory>();
const mostInputs = Number(values.inputs);
const inputsOf = (number: number): number =>
  Atomics.load(shared, places.inputs + number) - Number(values.first);
let worker: Worker | undefined;
for (const number of chosen) {
  Atomics.store(shared, places.target, number);
  const until = Date.now() + (1000 * seconds) / chosen.length;
  while (Date.now() < until && inputsOf(number) < mostInputs) {
    worker ??= await startWorker();
    if (await watch(worker, until)) continue;
    await worker.terminate();
    worker = undefined;
    // The input that was too much is not tried again.
    Atomics.add(shared, places.inputs + Atomics.load(shared, places.current), 1);
  }
  const found = `${targets[number]!.name}: ${inputsOf(number)} inputs, ${faults[number]!.size} faults`;
  print(`${found}${memoryLine(memories.get(number))}`);
}
await worker?.terminate();
const found = faults.reduce((sum, { size }) => sum + size, 0);
print(`${chosen.length} parsers, ${found} faults`);
if (found > 0) process.exitCode = 1;

function memoryLine(memory: FuzzMemory | undefined): string {
  if (memory === undefined) return '';
  const { index, allocatedBytes, fileBytes, wholeBytes } = memory;
  const [most, file, whole] = [allocatedBytes, fileBytes, wholeBytes].map((bytes) => Math.ceil(bytes / 1000));
  return `; the most memory for one: ${most} kB (input ${index}, a file of ${file} kB; whole files: ${whole} kB)`;
}

/** The same fault is found again and again: once by its place is enough. */
function report({ target, index, error }: FuzzFault): void {
  const place = error.split('\n').slice(0, 2).join(' ');
  const known = faults[target]!;
  if (known.has(place) || known.size >= 20) return;
  known.add(place);
  const lines = error.split('\n').slice(0, 4).join('\n    ');
  print(`--target '${targets[target]!.name}' --seed ${seed} --replay ${index}: ${lines}`);
}

/** Loaded, and at its first input. */
async function startWorker(): Promise<Worker> {
  Atomics.store(shared, places.begun, 0);
  const task: FuzzTask = { seed, shared };
  const started = new Worker(new URL('./fuzz-worker-source.mjs', import.meta.url), {
    workerData: task,
    execArgv: ['--conditions=@llm/source'],
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes, stackSizeMb: 4 },
  });
  started.on('message', (message: FuzzFault | FuzzMemory) => {
    if ('error' in message) report(message);
    else if (message.allocatedBytes > (memories.get(message.target)?.allocatedBytes ?? 0))
      memories.set(message.target, message);
  });
  started.on('error', () => undefined);
  while (Atomics.load(shared, places.begun) === 0) await sleep(20);
  return started;
}

/** False when an input was too much for the worker. */
async function watch(started: Worker, until: number): Promise<boolean> {
  const fault = (error: string): boolean => {
    // Not always the one that is wanted now: the last input of another may be at work.
    const target = Atomics.load(shared, places.current);
    report({ target, index: Atomics.load(shared, places.inputs + target), error });
    return false;
  };
  let ended: string | undefined;
  const onError = (error: Error): void => {
    ended = `the worker ended: ${error.stack ?? error.message}`;
  };
  const onExit = (): void => {
    ended ??= 'it ended the process';
  };
  started.on('error', onError).on('exit', onExit);
  try {
    const before = process.memoryUsage().rss;
    let input = '';
    let cpu = process.cpuUsage();
    const target = Atomics.load(shared, places.target);
    while (Date.now() < until && inputsOf(target) < mostInputs) {
      await sleep(50);
      if (ended !== undefined) return fault(ended);
      const current = Atomics.load(shared, places.current);
      const now = `${current} ${Atomics.load(shared, places.inputs + current)}`;
      if (now !== input) cpu = process.cpuUsage();
      input = now;
      const { user, system } = process.cpuUsage(cpu);
      if ((user + system) / 1e6 > mostCpuSeconds)
        return fault(`takes more than ${mostCpuSeconds} s of a processor`);
      const waited = ((Date.now() & 0x7fffffff) - Atomics.load(shared, places.begun)) & 0x7fffffff;
      if (waited > 1000 * longestSeconds) return fault(`takes longer than ${longestSeconds} s`);
      if (process.memoryUsage().rss - before > mostBytes)
        return fault(`takes more than ${mostBytes / 1e9} GB`);
    }
    return true;
  } finally {
    started.off('error', onError).off('exit', onExit);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
