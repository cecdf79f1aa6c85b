export { type LearningRateSchedule, learningRateAt } from './learning-rate-schedule.js';
export { splitBatch } from './split-batch.js';
export {
  runTrainingLoop,
  type TrainingBatch,
  type TrainingLoop,
  type TrainingReport,
} from './training-loop.js';
export type { Metrics, TrainingOptions } from './training-options.js';
