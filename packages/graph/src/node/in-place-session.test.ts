import { describe, expect, test } from 'vitest';
import { add } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { reduceMax } from '../functions/reduce.js';
import { Graph } from '../graph.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import type { HostTensor } from '../tensor.js';
import { createNodeExecutor } from './node-executor.js';

const size = 4_000_000;
const tensor = (data: Float32Array): HostTensor => ({ type: 'float32', shape: [data.length], data });

describe('a session whose outputs are written in place', () => {
  test('writes given memory, returns the rest, and copies nothing large', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [size]);
    graph.output('greatest', reduceMax(x));
    graph.output('next', add(x, 1));
    const executor = createNodeExecutor({ threads: 1 });
    const session = await executor.createSession(serializeOnnx(graph), { resident: ['next'] });
    const source = tensor(new Float32Array(size));
    const target = tensor(new Float32Array(size));
    const held = (): number => process.memoryUsage().arrayBuffers;
    for (let run = 1; run <= 3; run++) {
      (source.data as Float32Array).fill(run);
      const before = held();
      const { greatest, next } = await session.run({ x: source }, ['greatest', 'next'], { next: target });
      expect(held() - before).toBeLessThan(size);
      expect(greatest).toMatchObject({ shape: [], data: Float32Array.of(run) });
      expect(next).toBe(target);
      expect([target.data[0], target.data[size - 1]]).toEqual([run + 1, run + 1]);
    }
    expect(Object.keys(await session.run({ x: source }))).toEqual(['greatest', 'next']);
    await session.dispose();
  });

  test('an output of unknown size is computed the ordinary way', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    graph.output('next', add(x, 1));
    graph.output('greatest', reduceMax(x));
    const session = await createNodeExecutor({ threads: 1 }).createSession(serializeOnnx(graph), {
      resident: ['greatest'],
    });
    const greatest: HostTensor = { type: 'float32', shape: [], data: new Float32Array(1) };
    const feeds = { x: tensor(Float32Array.of(1, 5)) };
    const { next } = await session.run(feeds, ['next', 'greatest'], { greatest });
    expect([...next!.data, ...greatest.data]).toEqual([2, 6, 5]);
    await session.dispose();
  });

  test('a run that fails says why', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    graph.output('next', gather(x, graph.input('at', 'int32', [2])));
    const session = await createNodeExecutor({ threads: 1 }).createSession(serializeOnnx(graph), {
      resident: ['next'],
    });
    const feeds = {
      x: tensor(Float32Array.of(1, 2)),
      at: { type: 'int32', shape: [2], data: Int32Array.of(0, 7) },
    } as const;
    const run = session.run(feeds, ['next'], { next: tensor(new Float32Array(2)) });
    await expect(run).rejects.toThrow('out of data bounds');
    await session.dispose();
  });
});
