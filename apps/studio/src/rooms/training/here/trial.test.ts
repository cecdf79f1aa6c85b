import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { choosePlace, type Trial, tryOn } from './trial.js';

const trial = (operationsPerSecond: number, losses = [5.7, 5.5, 5.3]): Trial => ({
  losses,
  operationsPerSecond,
});
const wasm = { name: 'WebAssembly on 2 threads', trial: trial(1e9) };

test('a GPU that computes the same, faster, is taken', () => {
  const place = choosePlace(wasm, { name: 'WebGPU (a GPU)', trial: trial(5e9, [5.7, 5.501, 5.29]) });
  expect(place).toMatchObject({ device: 'webgpu', operationsPerSecond: 5e9 });
  expect(place.runsOn).toContain('5.0 times as fast');
});

test.for([
  ['slower', trial(2e8), '5.0 times as fast as WebGPU'],
  ['wrong', trial(5e9, [5.7, 5.5, 6.3]), 'a loss that is 5.300 was 6.300 there'],
  ['no number', trial(5e9, [5.7, Number.NaN, 5.3]), 'a loss that is 5.500 was NaN there'],
  ['broken', 'it has no memory', 'it has no memory'],
] as const)('a GPU that is %s is not taken, and the reason is told', ([, found, reason]) => {
  const place = choosePlace(wasm, { name: 'WebGPU (a GPU)', trial: found });
  expect(place).toMatchObject({ device: 'wasm', operationsPerSecond: 1e9 });
  expect(place.runsOn).toContain(reason);
});

test('the trial learns: its losses fall, and are the same every time', async () => {
  const executor = createNodeExecutor({ threads: 1 });
  const first = await tryOn(executor);
  expect(first.losses[2]!).toBeLessThan(first.losses[0]!);
  expect((await tryOn(executor)).losses).toEqual(first.losses);
  expect(choosePlace({ name: 'one', trial: first }, undefined).runsOn).toContain('no GPU');
});
