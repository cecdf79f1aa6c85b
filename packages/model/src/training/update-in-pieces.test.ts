import { createRandom, type NamedTensor, type TokenBatch } from '@llm/core';
import { splitBatch } from '@llm/core/training';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { architectureOf } from '../architecture/architecture.js';
import { createModelConfig } from '../config/create-model-config.js';
import { gradientCapture } from '../fixtures/gradient-capture.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { adamW } from '../optimizers/adamw.js';
import { muon } from '../optimizers/muon.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { GraphSessions } from './graph-sessions.js';
import { ModelState } from './model-state.js';
import { negativeLogLikelihood } from './negative-log-likelihood.js';
import { takeTrainStep } from './train-step.js';
import { pieceFor, splitByUpdate } from './update-in-pieces.js';

const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({ vocabularySize: 31, contextLength: 8, depth: 2, width: 32, heads: 2 });
const architecture = architectureOf(config);
const [rows, columns] = [4, 8];
const random = createRandom(8);
const ids = (): Int32Array => Int32Array.from({ length: rows * columns }, () => random.integer(31));
const batch: TokenBatch = {
  rows,
  columns,
  inputs: ids(),
  targets: ids(),
  weights: new Float32Array(rows * columns).fill(1),
  normalizer: rows * columns,
};

interface Trained {
  readonly results: readonly unknown[];
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

async function train(optimizer: Optimizer, piece: number | undefined, rowsAtOnce: number): Promise<Trained> {
  const state = new ModelState(architecture, optimizer, oracleParameters(config), 0);
  const sessions = new GraphSessions(executor, state);
  const { buffers } = state;
  const parts = { architecture, sessions, objective: negativeLogLikelihood, optimizer, buffers, piece };
  const results: unknown[] = [];
  for (let step = 1; step <= 3; step++)
    results.push(
      await takeTrainStep({ ...parts, memory: undefined }, splitBatch(batch, rowsAtOnce), step, 3e-3),
    );
  // Refused, so it must leave what is there.
  const weights = new Float32Array(rows * columns).fill(Number.POSITIVE_INFINITY);
  await expect(
    takeTrainStep({ ...parts, memory: undefined }, splitBatch({ ...batch, weights }, rowsAtOnce), 4, 1),
  ).rejects.toMatchObject({ code: 'model/loss-not-finite' });
  const tensors = new Map([...(await state.trainedTensors()), ...(await state.optimizerState())]);
  await sessions.dispose();
  return { results, tensors };
}

const groups = { embedding: { rate: 0.3, betas: [0.8, 0.95] }, scale: { weightDecay: 0.2 } } as const;
test.each<[string, Optimizer, rowsAtOnce: number]>([
  ['AdamW', adamW(), rows],
  ['AdamW with groups', adamW({ groups }), rows],
  ['AdamW, a batch in parts', adamW({ maximumGradientNorm: 0.1 }), 1],
  ['Muon', muon(), rows],
  ['Muon, a batch in parts', muon(), 2],
  ['an optimizer that does not say', gradientCapture, rows],
])('%s in pieces of 100 numbers gives what one graph gives, to the bit', async (_, optimizer, rowsAtOnce) => {
  const expected = await train(optimizer, undefined, rowsAtOnce);
  const actual = await train(optimizer, 100, rowsAtOnce);
  expect(actual.results).toEqual(expected.results);
  expect([...actual.tensors.keys()]).toEqual([...expected.tensors.keys()]);
  for (const [name, { data }] of expected.tensors)
    expect(Buffer.from(actual.tensors.get(name)!.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(
      true,
    );
});

test('matrices of Muon stay whole, small models and devices in one graph', () => {
  const { whole, inPieces } = splitByUpdate(architecture, muon(), 100);
  expect([...whole.values()].every(({ role }) => role === 'matrix')).toBe(true);
  expect(whole.size + inPieces.size).toBe(architecture.trained.size);
  expect(inPieces.size).toBeGreaterThan(0);
  expect(pieceFor(architecture.trained, 'compact', false)).toBeUndefined();
  const large = new Map([['table', { shape: [2 ** 13, 2 ** 10], role: 'embedding', deviation: 0 }]] as const);
  expect(pieceFor(large, 'compact', false)).toBeGreaterThan(0);
  expect(pieceFor(large, { pieceBytes: 2 ** 20 }, false)).toBeGreaterThan(0);
  expect(pieceFor(large, 'fast', false)).toBeUndefined();
  expect(pieceFor(large, 'compact', true)).toBeUndefined();
});
