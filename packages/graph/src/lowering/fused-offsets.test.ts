import { expect, test } from 'vitest';
import { rmsNormalization } from '../functions/normalization.js';
import { matMulQuantized } from '../functions/quantized.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { referenceExecutor } from '../reference/reference-executor.js';
import type { HostTensor } from '../tensors/tensor.js';

const shapes = { integers: [3, 2, 8], scales: [3, 2], offsets: [3, 2] };

/** x · Wᵀ of 4-bit numbers with offsets, and its norm. */
function product(xShape: readonly (string | number)[]): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', xShape);
  const integers = graph.input('integers', 'uint8', shapes.integers);
  const [scales, offsets] = ['scales', 'offsets'].map((name) => graph.input(name, 'float32', [3, 2]));
  const y = matMulQuantized(x, { columns: 32, integers, scales: scales!, offsets });
  graph.output('y', y);
  graph.output('normalized', rmsNormalization(y, undefined, 1e-6));
  return graph;
}

const wave = (length: number, by: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(by * i + 1));
const weights = new Map<string, Uint8Array>([
  ['integers', Uint8Array.from({ length: 48 }, (_, i) => (i * 73 + 11) % 256)],
  ['scales', new Uint8Array(wave(6, 2).buffer)],
  ['offsets', new Uint8Array(wave(6, 3).buffer)],
]);
const initializers = new Map(
  Array.from(weights, ([location, { length }]) => [location, { location, offset: 0, length }]),
);
const operators = (graph: Graph): string[] =>
  parseOnnx(serializeOnnx(graph, { target: 'cpu', initializers }), weights).nodes.map(
    ({ operator }) => operator,
  );

test('the product of offsets adds that of integers, and the sum is still normalised', async () => {
  const graph = product(['rows', 32]);
  expect(operators(graph)).toEqual([
    'MatMulNBits',
    'Reshape',
    'ReduceSum',
    'Gemm',
    'Expand',
    'SimplifiedLayerNormalization',
  ]);
  const x: HostTensor = { type: 'float32', shape: [2, 32], data: wave(64, 0.7) };
  const fed: Record<string, HostTensor> = { x };
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = weights.get(name)!;
    fed[name] =
      name === 'integers'
        ? { type: 'uint8', shape, data: bytes }
        : { type: 'float32', shape, data: new Float32Array(bytes.buffer) };
  }
  const expected = await (await referenceExecutor.createSession(serializeOnnx(graph))).run(fed);
  const session = await createNodeExecutor({ threads: 1 }).createSession(
    serializeOnnx(graph, { target: 'cpu', initializers }),
    { externalData: weights },
  );
  const found = await session.run({ x });
  // The runtime rounds activations to 8 bits.
  for (const name of ['y', 'normalized'])
    for (const [i, value] of expected[name]!.data.entries())
      expect(Math.abs(Number(found[name]!.data[i]) - Number(value))).toBeLessThan(0.05);
  await session.dispose();
});

test('with rows and times on axes of their own, and where integers become floats, nothing is fused', () => {
  expect(operators(product(['rows', 'time', 32]))).toContain('Add');
  const floats = parseOnnx(serializeOnnx(product(['rows', 32]), { target: 'cpu' }));
  expect(floats.nodes.some(({ operator }) => operator === 'Gemm')).toBe(false);
});
