import { describe, expect, test } from 'vitest';
import { matMulQuantized } from '../functions/quantized.js';
import { Graph } from '../graph/graph.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { referenceExecutor } from '../reference/reference-executor.js';
import type { HostTensor } from '../tensors/tensor.js';
import { createWasmExecutor } from '../web/wasm-executor.js';
import { lowerGraph } from './lower-graph.js';

const [rows, blocks, size] = [5, 3, 32];
const columns = blocks * size;

function tensors(bits: number, vectors: readonly number[]): Record<string, HostTensor> {
  const bytes = (size * bits) / 8;
  const floats = (count: number, of: (i: number) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => of(i));
  const count = vectors.reduce((a, b) => a * b);
  return {
    // One block of a vector is a thousand times another: each has a scale of its own.
    x: {
      type: 'float32',
      shape: [...vectors, columns],
      data: floats(count * columns, (i) => Math.sin(i * 1.7) * 10 ** ((i >> 5) % 4)),
    },
    integers: {
      type: 'uint8',
      shape: [rows, blocks, bytes],
      data: Uint8Array.from({ length: rows * blocks * bytes }, (_, i) => (i * 73 + 11) % 256),
    },
    scales: { type: 'float32', shape: [rows, blocks], data: floats(rows * blocks, (i) => 0.01 + i / 900) },
  };
}

function graphOf({ x, integers, scales }: Record<string, HostTensor>, axes: readonly (string | number)[]) {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [...axes, columns]);
  const matrix = {
    columns,
    integers: graph.input('integers', integers!.type, integers!.shape),
    scales: graph.input('scales', scales!.type, scales!.shape),
  };
  expect(x!.shape.length).toBe(axes.length + 1);
  graph.output('y', matMulQuantized(input, matrix));
  return graph;
}

describe.each([8, 4])('products with weights of %i bits in WebAssembly', (bits) => {
  test.each([
    { vectors: [1], axes: ['rows'] },
    { vectors: [2, 3], axes: ['rows', 'time'] },
  ])('are those of the reference within the rounding of activations: $axes', async ({ vectors, axes }) => {
    const { x, integers, scales } = tensors(bits, vectors);
    const graph = graphOf({ x: x!, integers: integers!, scales: scales! }, axes);
    const bytes = (data: HostTensor['data']): Uint8Array =>
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const initializers = new Map([
      ['integers', bytes(integers!.data)],
      ['scales', bytes(scales!.data)],
    ]);
    const wasm = createWasmExecutor({ threads: 1 });
    const session = await wasm.createSession(serializeOnnx(graph, { target: 'wasm', initializers }));
    const reference = await referenceExecutor.createSession(serializeOnnx(graph));
    const found = (await session.run({ x: x! })).y!;
    const expected = (await reference.run({ x: x!, integers: integers!, scales: scales! })).y!;
    expect(found.shape).toEqual(expected.shape);
    const numbers = integers!.data as Uint8Array;
    const weight = (row: number, column: number): number => {
      const at = row * columns + column;
      const number = bits === 8 ? numbers[at]! : (numbers[at >> 1]! >> (4 * (at & 1))) & 15;
      return Number(scales!.data[row * blocks + (column >> 5)]) * (number - 2 ** (bits - 1));
    };
    for (const [i, value] of (found.data as Float32Array).entries()) {
      const start = Math.floor(i / rows) * columns;
      // Half a step of each activation's block.
      let bound = 1e-3;
      for (let block = 0; block < blocks; block++) {
        const from = start + block * size;
        const part = Array.from((x!.data as Float32Array).subarray(from, from + size), Math.abs);
        const step = Math.max(...part) / 127;
        for (let k = 0; k < size; k++) bound += (step / 2) * Math.abs(weight(i % rows, block * size + k));
      }
      expect(Math.abs(value - Number(expected.data[i]))).toBeLessThanOrEqual(bound);
    }
    await session.dispose();
  });

  test('hold the weight in bytes: no tensor of floats is as large', () => {
    const values = tensors(bits, [1]);
    const weights = new Set(['integers', 'scales']);
    const { graph: lowered } = lowerGraph(graphOf(values, ['rows']), 'wasm', (name) => weights.has(name));
    const large = lowered.nodes
      .flatMap(({ outputs }) => outputs)
      .filter(({ type, shape }) => type === 'float32' && shape.every((axis) => typeof axis === 'number'))
      .filter(({ shape }) => shape.reduce<number>((a, b) => a * Number(b), 1) > rows * blocks);
    expect(large).toEqual([]);
    expect(lowered.nodes.some(({ operator }) => operator === 'MatMulInteger')).toBe(true);
  });
});
