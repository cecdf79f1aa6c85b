export { createWasmExecutor } from './wasm-executor.js';
export { createWebgpuExecutor } from './webgpu-executor.js';
export { createWebWorkerExecutor } from './worker-executor.js';
