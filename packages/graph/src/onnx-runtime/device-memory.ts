/**
 * Copies between host and device by running an Identity graph: `getData()`
 * on a GPU tensor aborts the process in onnxruntime-node 1.30, and there is
 * no call that uploads. One session per element type, rank and direction.
 */
import type {
  CreateSessionOptions,
  DeviceMemory,
  Executor,
  GraphSession,
  ResidentTensor,
} from '../execution/executor.js';
import { identity } from '../functions/elementwise.js';
import { Graph } from '../graph/graph.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import type { HostTensor, TensorType } from '../tensors/tensor.js';

export function createDeviceMemory(createSession: Executor['createSession']): DeviceMemory {
  const sessions = new Map<string, Promise<GraphSession>>();
  const copier = (type: TensorType, rank: number, options: CreateSessionOptions): Promise<GraphSession> => {
    const key = `${type} ${rank} ${options.resident?.length ?? 0}`;
    let session = sessions.get(key);
    if (session === undefined) {
      const graph = new Graph();
      const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
      graph.output('y', identity(graph.input('x', type, shape)));
      session = createSession(serializeOnnx(graph), options);
      sessions.set(key, session);
    }
    return session;
  };
  return {
    async upload(tensor) {
      const session = await copier(tensor.type, tensor.shape.length, { resident: ['y'] });
      return (await session.runResident!({ x: tensor }, ['y'])).y as ResidentTensor;
    },
    async download(tensor) {
      const session = await copier(tensor.type, tensor.shape.length, {});
      return (await session.runResident!({ x: tensor }, ['y'])).y as HostTensor;
    },
  };
}
