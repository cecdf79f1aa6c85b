export { carriesToken } from './access.js';
export type { ApiServer, ServerOptions } from './create-server.js';
export { createServer } from './create-server.js';
export type { ServerLimits } from './limits.js';
