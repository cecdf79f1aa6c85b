/**
 * onnxruntime-web in a Web Worker: a page stays responsive while it trains, and an abort takes effect in the
 * middle of a run. Bundlers (Vite, webpack) find the worker's script by the pattern
 * `new Worker(new URL(…, import.meta.url))`.
 */
import { LlmError } from '@llm/core';
import { createWorkerExecutor, type WorkerExecutor } from '../worker/worker-executor.js';
import type { WorkerPort } from '../worker/worker-protocol.js';
import type { WasmExecutorOptions } from './wasm-executor.js';
import type { WebgpuExecutorOptions } from './webgpu-executor.js';

export type WebWorkerExecutorOptions = (
  | ({ readonly provider: 'wasm' } & WasmExecutorOptions)
  | ({ readonly provider: 'webgpu' } & WebgpuExecutorOptions)
) & {
  /** Aborting rejects what is under way at once, with the signal's reason, and ends the thread. */
  readonly signal?: AbortSignal | undefined;
};

export function createWebWorkerExecutor({ signal, ...options }: WebWorkerExecutorOptions): WorkerExecutor {
  const worker = new Worker(new URL('./worker-thread.js', import.meta.url), { type: 'module' });
  worker.postMessage(options);
  const port: WorkerPort = {
    post: (message) => worker.postMessage(message),
    listen(receive, fail) {
      worker.onmessage = ({ data }) => receive(data);
      worker.onerror = ({ message }) =>
        fail(
          new LlmError({
            code: 'graph/worker-ended',
            message: `The Web Worker failed: ${message || 'its script could not be loaded'}.`,
          }),
        );
    },
    setBusy() {},
    async terminate() {
      worker.terminate();
    },
  };
  return createWorkerExecutor(port, {
    name: `onnxruntime-web/${options.provider} in a worker`,
    target: options.provider === 'webgpu' ? 'webgpu' : 'wasm',
    precision: options.provider === 'webgpu' ? options.precision : undefined,
    signal,
  });
}
