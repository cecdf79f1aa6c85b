/**
 * Preferences without a reference model: half the memory and no second scoring, and nothing that holds the
 * policy near where it began but the term of likelihood. Batches are those of `createPreferenceBatch`. With
 * s the sum of log p over an answer's tokens and s̄ its mean:
 *   simpo   −log σ(β (s̄_c − s̄_r) − γ)                                        Meng et al. 2024
 *   cpo     −log σ(β (s_c − s_r)) + λ · NLL of the chosen answers            Xu et al. 2024
 *   orpo    NLL of the chosen answers − β log σ(log odds_c − log odds_r)     Hong et al. 2024
 *           with log odds = s̄ − log(1 − exp s̄)
 * The NLL is a mean over the answers' tokens. TRL's ORPO also imitates the prompt, which the paper does not.
 */
import { checkNumbers } from '@llm/core';
import type { Objective, ObjectiveInputs, Tensor } from '@llm/graph';
import { add, clip, div, exp, log, mul, reduceSum, sub } from '@llm/graph';
import {
  chosenLikelihoodLoss,
  meanOf,
  negativeLogSigmoid,
  ofBoth,
  type Pair,
  pairLengths,
  pairScores,
  rewardMetrics,
} from './row-scores.js';

export interface SimpoOptions {
  /** Default 2: means over tokens are small numbers. The paper has 2 to 2.5. */
  readonly beta?: number | undefined;
  /** Margin that the chosen answer has to win by. Default 1; the paper has 0.5 to 1.5. */
  readonly gamma?: number | undefined;
  /** ε: assumed share of swapped labels, below ½. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

export interface CpoOptions {
  /** Default 0.1. */
  readonly beta?: number | undefined;
  /** λ. Default 1. */
  readonly likelihoodCoefficient?: number | undefined;
  /** ε: assumed share of swapped labels, below ½. Default 0. */
  readonly labelSmoothing?: number | undefined;
}

export interface OrpoOptions {
  /** The paper's λ. Default 0.1. */
  readonly beta?: number | undefined;
}

const ranges = {
  beta: { above: 0 },
  labelSmoothing: { minimum: 0, below: 0.5 },
  likelihoodCoefficient: { minimum: 0 },
  gamma: { minimum: 0 },
};

/** `normalizer` is the number of pairs. Metrics `rewards/…` of β · s̄. Throws `core/option-invalid`. */
export function simpo(options: SimpoOptions = {}): Objective {
  checkNumbers(options, ranges);
  const { beta = 2, gamma = 1, labelSmoothing = 0 } = options;
  return pairObjective('simpo', beta, true, (_, { chosen, rejected }) =>
    smoothed(sub(mul(sub(chosen, rejected), beta), gamma), labelSmoothing),
  );
}

/** `normalizer` is the number of pairs. Metrics `rewards/…` of β · s. Throws `core/option-invalid`. */
export function cpo(options: CpoOptions = {}): Objective {
  checkNumbers(options, ranges);
  const { beta = 0.1, likelihoodCoefficient = 1, labelSmoothing = 0 } = options;
  return pairObjective(
    'cpo',
    beta,
    false,
    (_, { chosen, rejected }) => smoothed(mul(sub(chosen, rejected), beta), labelSmoothing),
    likelihoodCoefficient,
  );
}

/** `normalizer` is the number of pairs. Metrics `rewards/…` of β · s̄. Throws `core/option-invalid`. */
export function orpo(options: OrpoOptions = {}): Objective {
  checkNumbers(options, ranges);
  const { beta = 0.1 } = options;
  /** log(1 − exp s̄): s̄ of 0 is a certainty, whose odds are no number. */
  const logRest = (score: Tensor): Tensor => log(sub(1, exp(clip(score, -1e30, -1e-6))));
  return pairObjective(
    'orpo',
    beta,
    true,
    (_, { chosen, rejected }) => {
      const logOdds = sub(sub(chosen, rejected), sub(logRest(chosen), logRest(rejected)));
      return mul(negativeLogSigmoid(logOdds), beta);
    },
    1,
  );
}

function smoothed(logit: Tensor, smoothing: number): Tensor {
  const kept = negativeLogSigmoid(logit);
  if (smoothing === 0) return kept;
  return add(mul(kept, 1 - smoothing), mul(negativeLogSigmoid(mul(logit, -1)), smoothing));
}

function pairObjective(
  name: string,
  beta: number,
  averaged: boolean,
  losses: (inputs: ObjectiveInputs, pair: Pair) => Tensor,
  likelihoodCoefficient = 0,
): Objective {
  return {
    name,
    extraInputs: [],
    readsWhere: 'weights',
    build: (inputs) => {
      const sums = pairScores(inputs, inputs.logProbabilities);
      const lengths = pairLengths(inputs);
      const pair = averaged ? ofBoth(sums, (sum, side) => div(sum, lengths[side])) : sums;
      const preference = div(reduceSum(losses(inputs, pair)), inputs.normalizer);
      const imitation = chosenLikelihoodLoss(inputs);
      return {
        loss:
          likelihoodCoefficient === 0 ? preference : add(preference, mul(imitation, likelihoodCoefficient)),
        metrics: {
          ...rewardMetrics({ chosen: mul(pair.chosen, beta), rejected: mul(pair.rejected, beta) }),
          nll_loss: imitation,
          'logps/chosen': meanOf(pair.chosen),
          'logps/rejected': meanOf(pair.rejected),
        },
      };
    },
  };
}
