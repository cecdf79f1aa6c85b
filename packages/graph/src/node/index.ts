export type { WorkerExecutor } from '../worker/worker-executor.js';
export type { NodeExecutorOptions } from './node-executor.js';
export { createNodeExecutor } from './node-executor.js';
export type { NodeWebgpuExecutorOptions } from './webgpu-executor.js';
export { createNodeWebgpuExecutor } from './webgpu-executor.js';
export type { NodeWorkerExecutorOptions } from './worker-executor.js';
export { createNodeWorkerExecutor } from './worker-executor.js';
