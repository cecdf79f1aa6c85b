import { expect, test } from 'vitest';
import { add } from '../functions/elementwise.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { serveExecutor } from './serve-executor.js';
import type { WorkerReply, WorkerRequest } from './worker-protocol.js';

test('a tensor that stays with the worker is given back at once when it is freed', async () => {
  const replies = new Map<number, (reply: WorkerReply) => void>();
  const receive = serveExecutor(createNodeExecutor({ threads: 1 }), (reply) => replies.get(reply.id)!(reply));
  let count = 0;
  const ask = async <Result>(request: WorkerRequest): Promise<Result> => {
    const id = ++count;
    const reply = await new Promise<WorkerReply>((resolve) => {
      replies.set(id, resolve);
      receive({ id, request });
    });
    if (reply.error !== undefined) throw new Error(reply.error.message);
    return reply.result as Result;
  };
  const graph = new Graph();
  graph.output('next', add(graph.input('weight', 'float32', [2 ** 20]), 1));
  const model = serializeOnnx(graph, { target: 'cpu' });
  const { session } = await ask<{ session: number }>({ kind: 'create', model, options: {} });
  const data = new Float32Array(2 ** 20);
  let weight = (
    await ask<{ tensor: { resident: number } }>({
      kind: 'upload',
      tensor: { type: 'float32', shape: [data.length], data },
    })
  ).tensor.resident;
  const step = async (): Promise<void> => {
    const { outputs } = await ask<{ outputs: { next: { resident: number } } }>({
      kind: 'run',
      session,
      feeds: { weight: { resident: weight, type: 'float32', shape: [data.length] } },
      fetches: ['next'],
      kept: ['next'],
    });
    await ask({ kind: 'free', resident: weight });
    weight = outputs.next.resident;
  };
  await step();
  await step();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 5; i++) await step();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  const { tensor } = await ask<{ tensor: { data: Float32Array } }>({ kind: 'download', resident: weight });
  expect(tensor.data[0]).toBe(7);
  await ask({ kind: 'dispose', session });
});
