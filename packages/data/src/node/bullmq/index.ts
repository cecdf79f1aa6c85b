export { type BullmqLaunch, launchBullmq } from './launch-bullmq.js';
export { type BullmqWorker, workBullmq } from './work-bullmq.js';
