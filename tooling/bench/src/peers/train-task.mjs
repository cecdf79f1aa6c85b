// What the JavaScript peers of the train benches share: the task (a folder with task.json and parameters.f32, written by
// training-task.ts), where their packages are, the timing, and the one line of JSON they end with.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = new URL('../../../../.peers/node/', import.meta.url);
const require = createRequire(new URL('package.json', folder));

/** Imports a peer's package from .peers/node. */
export const importPeer = (name) => import(pathToFileURL(require.resolve(name)).href);
export const requirePeer = (name) => require(name);
export const peerFile = (path) => join(folder.pathname, 'node_modules', path);
export const versionOf = (name) => JSON.parse(readFileSync(peerFile(`${name}/package.json`), 'utf8')).version;

/** { config, rows, columns, steps, warmUp, learningRate, inputs, targets, parameters: Map name → { shape, data } } */
export function readTask(directory) {
  const task = JSON.parse(readFileSync(join(directory, 'task.json'), 'utf8'));
  const bytes = readFileSync(join(directory, 'parameters.f32'));
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let at = 0;
  const parameters = new Map();
  for (const { name, shape } of task.layout) {
    const count = shape.reduce((a, b) => a * b, 1);
    parameters.set(name, { shape, data: all.slice(at, at + count) });
    at += count;
  }
  return { ...task, parameters };
}

/** Runs `step(n)` (n from 1; returns the loss) and prints tokens per second of the best counted step. */
export async function measure(version, { rows, columns, steps, warmUp }, step) {
  const losses = [];
  const seconds = [];
  for (let n = 1; n <= warmUp + steps; n++) {
    const begun = performance.now();
    losses.push(await step(n));
    if (n > warmUp) seconds.push((performance.now() - begun) / 1000);
  }
  console.log(JSON.stringify({ version, tokensPerSecond: (rows * columns) / Math.min(...seconds), losses }));
}
