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
import { type LoggedEvent, readEventLog } from '../src/run/event-log.js';
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

// Moments uniform over the uninterrupted run. A moment is found again by the event last logged before it, whatever
// the speed of the machine, plus a random delay.
const random = createRandom(seed, 'kill-test');
const log = readEventLog(reference).filter(isLandmark);
const [first, last] = [log[0]?.time ?? 0, log.at(-1)?.time ?? 0];
const moments = Array.from({ length: kills }, () => first + random.uniform() * (last - first)).sort(
  (a, b) => a - b,
);
let done = 0;
for (const moment of moments) {
  const landmark = landmarkName(log.findLast(({ time }) => time <= moment));
  const delay = Math.floor(random.uniform() * 1000);
  if (await runUntil(killed, landmark, delay)) break;
  done++;
  print(`kill ${done}: ${delay} ms after ${landmark}`);
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

/** Kills the run some time after it has logged the landmark. Whether it was done before it could be killed. */
async function runUntil(run: string, landmark: string, delay: number): Promise<boolean> {
  const child = start(run);
  child.stderr?.resume();
  let timer: NodeJS.Timeout | undefined;
  const watch = setInterval(() => {
    if (timer !== undefined || !readEventLog(run).some((event) => landmarkName(event) === landmark)) return;
    timer = setTimeout(() => child.kill('SIGKILL'), delay);
  }, 50);
  const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)));
  clearInterval(watch);
  clearTimeout(timer);
  return signal !== 'SIGKILL';
}

/** Events that every run logs alike; progress, costs and what the data stage counts on the way depend on the clock. */
function isLandmark(event: LoggedEvent): boolean {
  if (event.type === 'metric') return event.at !== 'data';
  return event.type !== 'progress' && event.type !== 'resources' && event.type !== 'session-start';
}

function landmarkName(event: LoggedEvent | undefined): string {
  if (event === undefined || !('at' in event)) return 'the start';
  return [event.type, event.at, 'step' in event ? event.step : ''].join(' ').trim();
}
