/**
 * A model of an experiment practises (GRPO), with the recipe
 * of the product; what it did step by step is kept.
 */
import type { RunEvent, RunOptions, ScoringModel, TaskSet } from '@llm/core';
import { adamW } from '@llm/model';
import { clippedPolicyGradient, type RewardTerm, trainPolicy } from '@llm/rl';
import type { OpenModel } from '../models/open-model.js';

export type PracticeSizes = {
  readonly steps: number;
  readonly promptsPerStep: number;
  readonly samplesPerPrompt: number;
  readonly maxNewTokens: number;
  readonly learningRate: number;
};

/** Of one step each, in the order of steps. */
export type PracticeCurves = {
  readonly reward: number[];
  /** Tokens per answer. */
  readonly length: number[];
  /** Nats of an answer from the reference; empty without one. */
  readonly kl: number[];
  /** Mean of each of `rewards`, those of weight 0 included. */
  readonly terms: Readonly<Record<string, number[]>>;
};

export interface PracticeOptions extends RunOptions {
  /** With `practiceObjective()` and `practiceOptimizer()`. */
  readonly opened: OpenModel;
  readonly tasks: TaskSet;
  readonly sizes: PracticeSizes;
  readonly seed: number;
  /** In progress lines. */
  readonly stage: string;
  /** Whether an answer without an end gets 0 whatever its reward. Default true, as in the product. */
  readonly requireWellFormed?: boolean | undefined;
  /** In the place of the tasks' own reward. */
  readonly rewards?: readonly RewardTerm[] | undefined;
  /** What the policy is kept near, by `klPenalty` in the reward. */
  readonly reference?: ScoringModel | undefined;
  readonly klPenalty?: number | undefined;
}

export const practiceObjective = clippedPolicyGradient;

/** A short memory and no decay: the gradient is noise but for the few answers that differ. */
export const practiceOptimizer = () => adamW({ betas: [0.9, 0.95], weightDecay: 0 });

export async function practise(options: PracticeOptions): Promise<PracticeCurves> {
  const { opened, tasks, sizes, seed, stage, requireWellFormed, signal, rewards, reference, klPenalty } =
    options;
  const { steps, promptsPerStep, samplesPerPrompt, maxNewTokens, learningRate } = sizes;
  const terms = Object.fromEntries((rewards ?? []).map(({ name }) => [name, [] as number[]]));
  const curves: PracticeCurves = { reward: [], length: [], kl: [], terms };
  const onEvent = (event: RunEvent): void => {
    options.onEvent?.(event);
    if (event.type !== 'metric' || event.values.reward === undefined) return;
    curves.reward.push(event.values.reward);
    curves.length.push(event.values['completions/mean_length'] ?? 0);
    if (event.values['objective/kl'] !== undefined) curves.kl.push(event.values['objective/kl']);
    for (const [name, values] of Object.entries(terms))
      values.push(event.values[`rewards/${name}/mean`] ?? 0);
  };
  await trainPolicy({
    ...{ policy: opened.model, renderer: opened.renderer, tasks, steps, promptsPerStep, samplesPerPrompt },
    ...{ maxNewTokens, seed, stage, requireWellFormed, rewards, reference, klPenalty, signal, onEvent },
    // Few shapes: compiling one costs more than the padding saves (40 steps: 13.3 s, at 48 columns 17.4, at
    // 16 columns 14.5).
    columnMultiple: opened.model.contextLength,
    schedule: {
      shape: 'trapezoid',
      peak: learningRate,
      warmUpSteps: Math.min(3, steps),
      warmDownShare: 0.5,
      finalShare: 0.02,
    },
  });
  return curves;
}
