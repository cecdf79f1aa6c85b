export type { WasmExecutorOptions } from './wasm-executor.js';
export { createWasmExecutor } from './wasm-executor.js';
export type { WebgpuExecutorOptions } from './webgpu-executor.js';
export { createWebgpuExecutor } from './webgpu-executor.js';
