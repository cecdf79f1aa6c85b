/**
 * PPO's critic: what it expects of answers, advantages from that, and its own training beside the policy's.
 */
import type { TokenBatch, ValueModel } from '@llm/core';
import { checkNumber, LlmError } from '@llm/core';
import { splitBatch } from '@llm/core/training';
import type { Rollout } from '../rollout/rollout.js';
import { answerValues } from '../rollout/score-rollouts.js';
import {
  type GeneralizedAdvantagesOptions,
  generalizedAdvantages,
  type TokenAdvantages,
  whitened,
} from './generalized-advantages.js';
import { miniBatches } from './mini-batches.js';
import { placeAnswers } from './place-answers.js';

export interface CriticOptions extends GeneralizedAdvantagesOptions {
  /**
   * Made with `clippedValueLoss(...)` and a configuration with `scalarHead: true`; it takes as many optimizer
   * steps as the policy, so keep its snapshots with the policy's.
   */
  readonly model: ValueModel;
  /** Of a step of the policy, counted from 0, or of all. */
  readonly learningRate: number | ((step: number) => number);
  /** Advantages have mean 0 and deviation 1 over the batch's tokens, as in TRL and verl. Default true. */
  readonly whiten?: boolean | undefined;
}

export interface Criticism {
  /** Of each rollout, of each token. */
  readonly advantages: readonly Float32Array[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** Throws `rl/critic-out-of-step` unless the critic has taken as many steps as the policy. */
export function checkCritic({ model }: CriticOptions, stepsTaken: number): void {
  if (model.stepsTaken !== stepsTaken)
    throw new LlmError({
      code: 'rl/critic-out-of-step',
      message: `The critic took ${model.stepsTaken} optimizer steps, the policy ${stepsTaken}: restore the snapshots of both that were saved together.`,
      details: { critic: model.stepsTaken, policy: stepsTaken },
    });
}

export interface CriticizeOptions {
  readonly step: number;
  readonly updates: number;
  readonly optimizerBatches: number;
  readonly columnMultiple: number | undefined;
  readonly rowsAtOnce: number | undefined;
}

/** `rewards`: of each rollout, of each token. The critic is trained before it returns. */
export async function criticize(
  critic: CriticOptions,
  rollouts: readonly Rollout[],
  rewards: readonly ArrayLike<number>[],
  options: CriticizeOptions,
): Promise<Criticism> {
  const { model, whiten = true } = critic;
  const { columnMultiple, rowsAtOnce } = options;
  const values = await answerValues(model, { rollouts, rowsAtOnce, columnMultiple });
  const estimates = rollouts.map(({ mask }, i) =>
    generalizedAdvantages(rewards[i]!, values[i]!, mask, critic),
  );
  const plain = estimates.map(({ advantages }) => advantages);
  const masks = rollouts.map(({ mask }) => mask);
  const whole = criticBatch(model, rollouts, values, estimates, columnMultiple);
  const batches = miniBatches(whole, options.optimizerBatches);
  const { learningRate } = critic;
  const rate = typeof learningRate === 'number' ? learningRate : learningRate(options.step);
  checkNumber('critic.learningRate', rate, { minimum: 0 });
  let metrics: Readonly<Record<string, number>> = {};
  for (let update = 0; update < options.updates; update++) {
    const batch = batches[update % batches.length]!;
    const parts = rowsAtOnce === undefined ? batch : splitBatch(batch, rowsAtOnce);
    metrics = (await model.trainStep(parts, { learningRate: rate })).metrics;
  }
  return { advantages: whiten ? whitened(plain, masks) : plain, metrics };
}

function criticBatch(
  { contextLength }: ValueModel,
  rollouts: readonly Rollout[],
  values: readonly Float32Array[],
  estimates: readonly TokenAdvantages[],
  columnMultiple: number | undefined,
): TokenBatch {
  const { answers, ...placed } = placeAnswers({ contextLength, columnMultiple }, rollouts);
  const size = placed.rows * placed.columns;
  const weights = new Float32Array(size);
  const oldValues = new Float32Array(size);
  const returns = new Float32Array(size);
  let normalizer = 0;
  for (const [i, rollout] of rollouts.entries()) {
    const { start } = answers.get(rollout)!;
    for (const [t, own] of rollout.mask.entries()) {
      if (own === 0) continue;
      weights[start + t] = 1;
      oldValues[start + t] = values[i]![t]!;
      returns[start + t] = estimates[i]!.returns[t]!;
      normalizer++;
    }
  }
  return { ...placed, weights, normalizer: Math.max(1, normalizer), extraInputs: { oldValues, returns } };
}
