export type { ListeningServer, ServeOptions } from './serve.js';
export { serve } from './serve.js';
