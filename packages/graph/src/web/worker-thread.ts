/** The Web Worker behind `createWebWorkerExecutor`: its first message says what to run on. */
import { serveExecutor } from '../worker/serve-executor.js';
import type { NumberedRequest } from '../worker/worker-protocol.js';
import { createWasmExecutor } from './wasm-executor.js';
import { createWebgpuExecutor } from './webgpu-executor.js';
import type { WebWorkerExecutorOptions } from './worker-executor.js';

let answer: ((message: NumberedRequest) => void) | undefined;

addEventListener('message', ({ data }: MessageEvent<NumberedRequest | WebWorkerExecutorOptions>) => {
  if ('provider' in data) {
    const executor = data.provider === 'webgpu' ? createWebgpuExecutor(data) : createWasmExecutor(data);
    answer = serveExecutor(executor, (reply) => postMessage(reply));
  } else answer!(data);
});
