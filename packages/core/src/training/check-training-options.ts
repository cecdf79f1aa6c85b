/** What the training loop refuses before its first step. */
import { checkChoice, checkNumber, checkNumbers } from '../options/check-option.js';
import type { LearningRateSchedule } from './learning-rate-schedule.js';
import type { TrainingOptions } from './training-options.js';

const count = { minimum: 1, integer: true };
const share = { minimum: 0, maximum: 1 };

/** Throws `core/option-invalid` naming the option. */
export function checkTrainingOptions(
  options: TrainingOptions & { readonly updatesPerBatch?: number | undefined },
): void {
  checkNumber('steps', options.steps, { minimum: 0, integer: true });
  checkNumbers(options, {
    rowsAtOnce: count,
    saveEvery: count,
    evaluateEvery: count,
    updatesPerBatch: count,
    maximumLossRise: { minimum: 0, maximum: Number.POSITIVE_INFINITY },
  });
  if (typeof options.schedule !== 'function') checkSchedule(options.schedule);
}

function checkSchedule(schedule: LearningRateSchedule): void {
  checkChoice('schedule.shape', schedule.shape ?? 'none', ['constant', 'cosine', 'trapezoid']);
  checkNumber('schedule.peak', schedule.peak, { minimum: 0 });
  const { steps, warmUpSteps = 0, warmDownShare = 0.65, finalShare = 0.05 } = schedule;
  if (steps !== undefined) checkNumber('schedule.steps', steps, { minimum: 0, integer: true });
  checkNumber('schedule.warmUpSteps', warmUpSteps, { minimum: 0 });
  checkNumber('schedule.warmDownShare', warmDownShare, share);
  checkNumber('schedule.finalShare', finalShare, share);
}

/** The schedule's rate for a step, counted from 0. */
export function checkLearningRate(rate: unknown, step: number): void {
  checkNumber(`schedule(${step})`, rate, { minimum: 0 });
}
