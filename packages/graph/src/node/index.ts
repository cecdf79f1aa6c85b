export type { NodeExecutorOptions } from './node-executor.js';
export { createNodeExecutor } from './node-executor.js';
