/**
 * Learning rate as a pure function of the step. `trapezoid` (warm-up, constant, linear warm-down) is what
 * nanochat trains with; `cosine` what nanoGPT and GPT-3 do.
 */
export interface LearningRateSchedule {
  readonly shape: 'constant' | 'cosine' | 'trapezoid';
  /** The highest rate. */
  readonly peak: number;
  /** Steps over which it runs. Default: those of the training. */
  readonly steps?: number | undefined;
  /** Steps of linear warm-up from peak / warmUpSteps. Default 0. */
  readonly warmUpSteps?: number | undefined;
  /** Share of all steps over which `trapezoid` falls linearly. Default 0.65. */
  readonly warmDownShare?: number | undefined;
  /** The last rate as a share of the peak. Default 0.05. */
  readonly finalShare?: number | undefined;
}

/** The rate of step `step`, counted from 0. */
export function learningRateAt(
  schedule: LearningRateSchedule & { readonly steps: number },
  step: number,
): number {
  const { shape, peak, steps, warmUpSteps = 0, warmDownShare = 0.65, finalShare = 0.05 } = schedule;
  if (step < warmUpSteps) return (peak * (step + 1)) / warmUpSteps;
  if (shape === 'constant') return peak;
  const start =
    shape === 'cosine' ? warmUpSteps : Math.max(warmUpSteps, Math.round(steps * (1 - warmDownShare)));
  const progress = Math.min(1, Math.max(0, (step - start) / Math.max(1, steps - 1 - start)));
  const share = shape === 'cosine' ? (1 + Math.cos(Math.PI * progress)) / 2 : 1 - progress;
  return peak * (finalShare + (1 - finalShare) * share);
}

/** Either form of a schedule as a function of the step; `total`: the steps of the training it is for. */
export function learningRateOf(
  schedule: LearningRateSchedule | ((step: number) => number),
  total: number,
): (step: number) => number {
  if (typeof schedule === 'function') return schedule;
  const whole = { ...schedule, steps: schedule.steps ?? total };
  return (step) => learningRateAt(whole, step);
}
