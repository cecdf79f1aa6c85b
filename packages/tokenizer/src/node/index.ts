export { createCountingWorkers } from './counting-workers.js';
