// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import { createStatefulSession, Graph, type HostTensor, serializeOnnx } from '@llm/graph';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { createWasmExecutor, createWebWorkerExecutor } from '@llm/graph/web';

export async function use(
  signal: AbortSignal | undefined,
  threads: number | undefined,
  memory: 'compact' | undefined,
  wasmPaths: string | undefined,
): Promise<HostTensor | undefined> {
  const graph = new Graph();
  graph.output('same', graph.input('x', 'float32', [1]));
  serializeOnnx(graph, { initializers: undefined, target: undefined });
  const executors = [
    createNodeExecutor({ threads, memory }),
    createNodeWorkerExecutor({ signal, threads, provider: undefined }),
    createWasmExecutor({ threads, wasmPaths }),
    createWebWorkerExecutor({ signal, provider: 'wasm', threads, wasmPaths }),
  ];
  const session = await createStatefulSession(executors[0]!, graph, [], {
    optimization: undefined,
    buffers: undefined,
  });
  const { same } = await session.step({ x: { type: 'float32', shape: [1], data: new Float32Array(1) } });
  return same;
}
