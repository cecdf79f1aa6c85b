export { launchBullmq } from './launch-bullmq.js';
export { workBullmq } from './work-bullmq.js';
