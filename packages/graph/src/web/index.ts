export type { WorkerExecutor } from '../worker/worker-executor.js';
export type { WasmExecutorOptions } from './wasm-executor.js';
export { createWasmExecutor } from './wasm-executor.js';
export type { WebgpuExecutorOptions } from './webgpu-executor.js';
export { createWebgpuExecutor } from './webgpu-executor.js';
export type { WebWorkerExecutorOptions } from './worker-executor.js';
export { createWebWorkerExecutor } from './worker-executor.js';
