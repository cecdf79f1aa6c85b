export { createNodeExecutor } from './node-executor.js';
export { createNodeWebgpuExecutor } from './webgpu-executor.js';
export { createNodeWorkerExecutor } from './worker-executor.js';
