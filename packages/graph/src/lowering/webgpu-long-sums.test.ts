// Slow: the software GPU compiles shaders on the processor

import { describe, expect, test } from 'vitest';
import type { Executor } from '../execution/executor.js';
import { matMul } from '../functions/matmul.js';
import { reduceSumSquare } from '../functions/reduce.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { createNodeWebgpuExecutor } from '../node/webgpu-executor.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { prepareVulkan } from '../testing/executor-under-test.js';

/** `terms` numbers in two sums of all of them, and in one of none. */
function sums(terms: number): Graph {
  const graph = new Graph();
  const row = graph.input('row', 'float32', [1, terms]);
  const matrix = graph.input('matrix', 'float32', [terms, 3]);
  graph.output('product', matMul(row, matrix));
  graph.output('turned', matMul(graph.input('column', 'float32', [terms, 1]), matrix, { transposeA: true }));
  graph.output('squares', reduceSumSquare(matrix));
  graph.output('kept', reduceSumSquare(row, undefined, { keepDimensions: true }));
  graph.output('ofColumns', reduceSumSquare(matrix, 0));
  return graph;
}

const wave = (shape: readonly number[], by: number) => ({
  type: 'float32' as const,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(by * i + 1)),
});

const driver = prepareVulkan();
const executors: [string, () => Executor][] = [['the processor', () => createNodeExecutor({ threads: 1 })]];
if (driver) executors.push(['WebGPU', () => createNodeWebgpuExecutor()]);

// 1,536 = 32 · 48; 1,031 is prime; the last is short.
describe.each(executors)('on %s', (_, create) => {
  test.each([1536, 1031, 12])('sums of %d terms are what they were', { timeout: 120_000 }, async (terms) => {
    const graph = sums(terms);
    const feeds = {
      row: wave([1, terms], 0.7),
      column: wave([terms, 1], 0.7),
      matrix: wave([terms, 3], 1.3),
    };
    const run = async (executor: Executor, bytes: Uint8Array) => {
      const session = await executor.createSession(bytes);
      const found = await session.run(feeds);
      await session.dispose();
      return found;
    };
    const expected = await run(createNodeExecutor({ threads: 1 }), serializeOnnx(graph, { target: 'cpu' }));
    const found = await run(create(), serializeOnnx(graph, { target: 'webgpu' }));
    for (const [name, { shape, data }] of Object.entries(expected)) {
      expect(found[name]!.shape, name).toEqual(shape);
      for (const [i, value] of data.entries())
        expect(Math.abs(Number(found[name]!.data[i]) - Number(value)), name).toBeLessThan(2e-3);
    }
  });
});

test('long sums are made in parts, others are not', () => {
  const count = (terms: number): number =>
    parseOnnx(serializeOnnx(sums(terms), { target: 'webgpu' })).nodes.filter(
      ({ operator }) => operator === 'ReduceSumSquare' || operator === 'MatMul',
    ).length;
  expect(count(12)).toBe(5);
  expect(count(1536)).toBe(7);
});
