/** The thread behind `createNodeWorkerExecutor`. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveExecutor } from '../worker/serve-executor.js';
import { createNodeExecutor } from './node-executor.js';
import { createNodeWebgpuExecutor } from './webgpu-executor.js';
import type { NodeWorkerExecutorOptions } from './worker-executor.js';

const options = workerData as Omit<NodeWorkerExecutorOptions, 'signal'>;
const executor = options.provider === 'webgpu' ? createNodeWebgpuExecutor() : createNodeExecutor(options);
parentPort!.on(
  'message',
  serveExecutor(executor, (reply) => parentPort!.postMessage(reply)),
);
