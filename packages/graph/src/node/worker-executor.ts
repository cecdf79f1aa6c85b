/** onnxruntime-node in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { LlmError } from '@llm/core';
import type { Precision } from '../execution/executor.js';
import { createWorkerExecutor, type WorkerExecutor } from '../worker/worker-executor.js';
import type { NodeExecutorOptions } from './node-executor.js';

export interface NodeWorkerExecutorOptions extends NodeExecutorOptions {
  /** `webgpu` runs `createNodeWebgpuExecutor` there; threads and memory are for `cpu`, the default. */
  readonly provider?: 'cpu' | 'webgpu' | undefined;
  /** What models generate in. `float16` on the processor is slow there and saves memory. Default float32. */
  readonly precision?: Precision | undefined;
  /** Aborting rejects what is under way at once, with the signal's reason, and ends the thread. */
  readonly signal?: AbortSignal | undefined;
}

export function createNodeWorkerExecutor({
  signal,
  ...options
}: NodeWorkerExecutorOptions = {}): WorkerExecutor {
  const { provider = 'cpu', precision } = options;
  // On sources the worker is TypeScript too and needs a loader.
  const isSource = import.meta.url.endsWith('.ts');
  const worker = new Worker(
    new URL(isSource ? './worker-thread-source.mjs' : './worker-thread.js', import.meta.url),
    { workerData: options, execArgv: isSource ? ['--conditions=@llm/source'] : undefined },
  );
  return createWorkerExecutor(
    {
      post: (message) => worker.postMessage(message),
      listen(receive, fail) {
        worker.on('message', receive);
        worker.on('error', fail);
        worker.on('exit', (code) =>
          fail(new LlmError({ code: 'graph/worker-ended', message: `The worker ended with code ${code}.` })),
        );
      },
      setBusy: (busy) => (busy ? worker.ref() : worker.unref()),
      async terminate() {
        await worker.terminate();
      },
    },
    { name: `onnxruntime-node/${provider} in a worker`, target: provider, precision, signal },
  );
}
