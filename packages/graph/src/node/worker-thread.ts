/**
 * The thread behind `createNodeWorkerExecutor`: runs sessions and keeps the tensors that stay with them. A freed
 * tensor's memory is written by the next output of its size, so a training step ends up with two buffers per state.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { LlmError } from '@llm/core';
import type { GraphSession } from '../executor.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { elementCount, isStatic } from '../shape.js';
import { createTensorData, type HostTensor, type TensorData, type TensorSpecification } from '../tensor.js';
import { createNodeExecutor, type NodeExecutorOptions } from './node-executor.js';
import type { WireTensor, WorkerReply, WorkerRequest, WorkerResult } from './worker-protocol.js';

interface OpenSession {
  readonly session: GraphSession;
  readonly outputs: ReadonlyMap<string, TensorSpecification>;
}

const executor = createNodeExecutor(workerData as NodeExecutorOptions);
const sessions = new Map<number, OpenSession>();
const residents = new Map<number, HostTensor>();
const freed = new Map<string, TensorData[]>();
let counter = 0;

function keep(tensor: HostTensor): WireTensor {
  const resident = ++counter;
  residents.set(resident, tensor);
  return { resident, type: tensor.type, shape: tensor.shape };
}

function recycled({ type, shape }: TensorSpecification): HostTensor | undefined {
  if (!isStatic(shape)) return undefined;
  const count = elementCount(shape);
  return { type, shape, data: freed.get(`${type} ${count}`)?.pop() ?? createTensorData(type, count) };
}

async function answer(request: WorkerRequest): Promise<WorkerResult> {
  if (request.kind === 'create') {
    const id = ++counter;
    const outputs = new Map(parseOnnx(request.model).outputs.map((output) => [output.name, output]));
    sessions.set(id, { session: await executor.createSession(request.model, request.options), outputs });
    return { session: id };
  }
  if (request.kind === 'run') {
    const { session, outputs } = sessions.get(request.session)!;
    const feeds = Object.fromEntries(
      Object.entries(request.feeds).map(([name, tensor]) => [
        name,
        'resident' in tensor ? residents.get(tensor.resident)! : tensor,
      ]),
    );
    const targets: Record<string, HostTensor> = {};
    for (const name of request.kept) {
      const target = recycled(outputs.get(name)!);
      if (target !== undefined) targets[name] = target;
    }
    const results = await session.run(feeds, request.fetches, targets);
    return {
      outputs: Object.fromEntries(
        Object.entries(results).map(([name, tensor]): [string, WireTensor] => [
          name,
          request.kept.includes(name) ? keep(tensor) : tensor,
        ]),
      ),
    };
  }
  if (request.kind === 'upload') return { tensor: keep(request.tensor) };
  if (request.kind === 'download') return { tensor: residents.get(request.resident)! };
  if (request.kind === 'free') {
    const { type, data } = residents.get(request.resident)!;
    residents.delete(request.resident);
    const key = `${type} ${data.length}`;
    freed.set(key, [...(freed.get(key) ?? []), data]);
    return { done: true };
  }
  await sessions.get(request.session)!.session.dispose();
  sessions.delete(request.session);
  return { done: true };
}

// One after the other: a step must not read state that the step before it is still writing.
let queue: Promise<void> = Promise.resolve();
parentPort?.on('message', ({ id, request }: { readonly id: number; readonly request: WorkerRequest }) => {
  queue = queue.then(async () => {
    let reply: WorkerReply;
    try {
      reply = { id, result: await answer(request) };
    } catch (error) {
      const code = LlmError.isInstance(error) ? error.code : 'graph/worker-failed';
      reply = { id, error: { code, message: error instanceof Error ? error.message : String(error) } };
    }
    parentPort?.postMessage(reply);
  });
});
