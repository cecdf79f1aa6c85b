import { describe, expect, test } from 'vitest';
import { add, mul } from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { concat, reshape, transpose } from '../functions/movement.js';
import { rmsNormalization } from '../functions/normalization.js';
import { softmax } from '../functions/softmax.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { parseOnnx } from './parse-onnx.js';
import { serializeOnnx } from './serialize-onnx.js';

const executor = createNodeExecutor({ threads: 1 });

describe('serializeOnnx', () => {
  test('the model reads back as it was built', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3]);
    const y = add(mul(x, 2), graph.constant(Float32Array.of(1, -2, 3)));
    graph.output('y', transpose(y, [1, 0]));
    const model = parseOnnx(serializeOnnx(graph));
    expect(model.irVersion).toBe(10);
    expect([...model.opsets]).toEqual([['', 21]]);
    expect(model.nodes.map(({ operator }) => operator)).toEqual(['Mul', 'Add', 'Transpose']);
    expect(model.nodes[2]!.attributes).toEqual({ perm: [1, 0] });
    expect(model.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', 3] }]);
    expect(model.outputs).toEqual([{ name: 'y', type: 'float32', shape: [3, 'batch'] }]);
    expect([...model.initializers.values()]).toContainEqual({
      type: 'float32',
      shape: [3],
      data: Float32Array.of(1, -2, 3),
    });
  });

  test('what no output needs is left out, unused second outputs too', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2, 4]);
    softmax(x);
    graph.output('y', matMul(rmsNormalization(x, undefined), x, { transposeB: true }));
    const { nodes, opsets } = parseOnnx(serializeOnnx(graph));
    expect(nodes.map(({ operator }) => operator)).toEqual([
      'Expand',
      'SimplifiedLayerNormalization',
      'FusedMatMul',
    ]);
    expect(nodes[1]!.outputs.length).toBe(1);
    expect(opsets.get('com.microsoft')).toBe(1);
  });

  test('inputs, constants and one tensor under two names can be outputs', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const y = mul(x, x);
    graph.output('same', x);
    graph.output('three', graph.constant([3]));
    graph.output('y', y);
    graph.output('y again', y);
    const session = await executor.createSession(serializeOnnx(graph));
    const out = await session.run({ x: { type: 'float32', shape: [2], data: Float32Array.of(2, 5) } });
    expect(
      Object.entries(out).map(([name, { data }]) => [name, ...Array.from(data as Float32Array)]),
    ).toEqual([
      ['same', 2, 5],
      ['three', 3],
      ['y', 4, 25],
      ['y again', 4, 25],
    ]);
  });

  test('every element type survives the runtime', async () => {
    const graph = new Graph();
    const feeds = {
      f: { type: 'float32', shape: [2], data: Float32Array.of(-1.5, 1e-20) },
      i: { type: 'int32', shape: [2], data: Int32Array.of(-7, 2 ** 31 - 1) },
      l: { type: 'int64', shape: [2], data: BigInt64Array.of(-9n, 2n ** 60n) },
      b: { type: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
    } as const;
    for (const [name, { type, data }] of Object.entries(feeds)) {
      graph.output(`${name}2`, concat([graph.input(name, type, [2]), graph.constant(data)], 0));
    }
    const session = await executor.createSession(serializeOnnx(graph));
    const out = await session.run(feeds);
    for (const [name, { data }] of Object.entries(feeds)) {
      expect([...out[`${name}2`]!.data]).toEqual([...data, ...data]);
    }
  });

  test('symbolic shapes run at several sizes', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 'time', 4]);
    graph.output('y', transpose(reshape(x, ['batch', 'time', 2, 2]), [0, 2, 1, 3]));
    const session = await executor.createSession(serializeOnnx(graph));
    for (const [batch, time] of [
      [1, 3],
      [2, 1],
    ] as const) {
      const data = new Float32Array(batch * time * 4);
      const { y } = await session.run({ x: { type: 'float32', shape: [batch, time, 4], data } });
      expect(y!.shape).toEqual([batch, 2, time, 2]);
    }
  });

  test('a graph without outputs and bytes that are no model are refused', () => {
    expect(() => serializeOnnx(new Graph())).toThrow('no output');
    expect(() => parseOnnx(Uint8Array.of(0x3a, 0xff, 0x01))).toThrow('runs past the end at byte');
    expect(() => parseOnnx(Uint8Array.of(0x0b))).toThrow('wire type 3');
  });
});
