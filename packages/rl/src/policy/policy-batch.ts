/**
 * Rollouts → the batch of a policy-gradient step. Weights are advantage × aggregation weight, so the plain
 * weighted likelihood is REINFORCE on it and `clippedPolicyGradient` is GRPO; the extra input `active` is the
 * aggregation weight alone, for terms that have no advantage (KL, entropy). Ways to average over tokens of
 * answers i of length |oᵢ|:
 *   token             Σ ℓ ÷ all active tokens                 DAPO; TRL `dapo`, verl `token-mean`
 *   micro-batch       the same for each `rowsAtOnce` rows, and the mean of that; TRL `bnpo`
 *   sequence          mean over i of (Σ ℓ ÷ |oᵢ|)             GRPO as published; favours short right answers
 *   constant          Σ ℓ ÷ (answers · maxNewTokens)          Dr. GRPO
 *   sequence-sum      Σ ℓ ÷ answers                           RLOO
 */
import type { TokenBatch } from '@llm/core';
import { checkChoice, checkNumber, checkNumbers, LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';
import { MicroBatches } from './mini-batches.js';
import type { PlacementOptions } from './pack-answers.js';
import { placeAnswers } from './place-answers.js';

export type Aggregation = 'token' | 'micro-batch' | 'sequence' | 'constant' | 'sequence-sum';

export interface PolicyBatchOptions extends PlacementOptions {
  readonly rollouts: readonly Rollout[];
  /** [rollouts.length] of an answer, or of each of its tokens (PPO) */
  readonly advantages: ArrayLike<number | ArrayLike<number>>;
  /** Default `token`. */
  readonly aggregation?: Aggregation | undefined;
  /** Needed for `constant`. */
  readonly maxNewTokens: number;
  /**
   * Leave out what has no advantage, prompts with all their answers where these share a row: without a term
   * of KL or entropy it adds nothing to the gradient. It counts in the normalizer. Default false.
   */
  readonly leaveTied?: boolean | undefined;
  /**
   * Take answers that were cut off out of the loss (DAPO's overlong filtering). They stay in the number of
   * answers that `sequence`, `constant` and `sequence-sum` divide by, as in TRL, so that a step with many of
   * them is a smaller step; `token` and `micro-batch` count only tokens that are trained. Default false.
   */
  readonly maskTruncated?: boolean | undefined;
  /** Of each rollout, of each token: what its gain is multiplied by. Default 1. */
  readonly gainFactors?: readonly ArrayLike<number>[] | undefined;
  /** Of each rollout, of each token: becomes the extra input `referenceLogProbabilities`. */
  readonly referenceLogProbabilities?: readonly ArrayLike<number>[] | undefined;
  /** Of the sampling, at which the policy is trained. Default 1. */
  readonly temperature?: number | undefined;
}

const count = { minimum: 1, integer: true };

/**
 * Extra inputs: `active` (aggregation weight of the policy's own tokens, else 0), `advantages`,
 * `oldLogProbabilities`, `answer` (number of the answer in its row) and `tokenShare` (1 ÷ the batch's active
 * tokens on each of them, for means over tokens that do not depend on the aggregation). The normalizer is at
 * least the smallest positive one, so a batch in which nothing is active has loss 0, not NaN. Throws
 * `core/option-invalid` and `rl/rollout-exceeds-context`.
 */
export function createPolicyBatch(options: PolicyBatchOptions): TokenBatch {
  const { rollouts, advantages, aggregation = 'token' } = options;
  checkChoice('aggregation', aggregation, ['token', 'micro-batch', 'sequence', 'constant', 'sequence-sum']);
  checkNumbers(options, {
    maxNewTokens: count,
    columnMultiple: count,
    contextLength: count,
    answersPerPrompt: count,
    rowsAtOnce: count,
  });
  checkAdvantages(rollouts, advantages);
  const longest = rollouts.reduce(
    (most, { prompt, ids }) => Math.max(most, prompt.length + ids.length - 1),
    1,
  );
  if (longest > options.contextLength) {
    throw new LlmError({
      code: 'rl/rollout-exceeds-context',
      message: `A prompt and its answer take ${longest} positions, the model's window holds ${options.contextLength}.`,
      details: { longest, contextLength: options.contextLength },
    });
  }
  const kept = options.leaveTied === true ? untied(options) : rollouts;
  const { rows, columns, inputs, targets, branches, answers: places } = placeAnswers(options, kept);
  const batch = {
    active: new Float32Array(rows * columns),
    advantages: new Float32Array(rows * columns),
    oldLogProbabilities: new Float32Array(rows * columns),
    answer: new Float32Array(rows * columns),
    tokenShare: new Float32Array(rows * columns),
  };
  const weights = new Float32Array(rows * columns);
  const reference = options.referenceLogProbabilities;
  const referenceLogProbabilities = reference && new Float32Array(rows * columns);
  const isTrained = ({ stopReason }: Rollout): boolean => !options.maskTruncated || stopReason === 'stop';
  const trained = rollouts.filter((rollout) => isTrained(rollout) && ownTokens(rollout) > 0);
  const activeTokens = trained.reduce((sum, rollout) => sum + ownTokens(rollout), 0);
  const answers = rollouts.reduce((sum, rollout) => sum + Math.min(1, ownTokens(rollout)), 0);
  const parts = new MicroBatches(rows, options.rowsAtOnce ?? rows);
  if (aggregation === 'micro-batch')
    for (const rollout of trained)
      parts.add(Math.floor((places.get(rollout)?.start ?? -1) / columns), ownTokens(rollout));
  for (const [index, rollout] of rollouts.entries()) {
    const place = places.get(rollout);
    const length = ownTokens(rollout);
    if (place === undefined || length === 0 || !isTrained(rollout)) continue;
    const { start, answer } = place;
    let share = aggregation === 'sequence' ? 1 / length : 1;
    if (aggregation === 'micro-batch') share = 1 / parts.tokens(Math.floor(start / columns));
    const { mask, logProbabilities } = rollout;
    const given = advantages[index]!;
    for (const [i, own] of mask.entries()) {
      if (own === 0) continue;
      const advantage = typeof given === 'number' ? given : given[i]!;
      batch.active[start + i] = share;
      batch.advantages[start + i] = advantage;
      batch.oldLogProbabilities[start + i] = logProbabilities[i]!;
      batch.answer[start + i] = answer;
      batch.tokenShare[start + i] = 1 / activeTokens;
      weights[start + i] = advantage * share * (options.gainFactors?.[index]?.[i] ?? 1);
      if (referenceLogProbabilities) referenceLogProbabilities[start + i] = reference![index]![i]!;
    }
  }
  const normalizer = {
    token: activeTokens,
    'micro-batch': parts.count,
    sequence: answers,
    constant: answers * options.maxNewTokens,
    'sequence-sum': answers,
  }[aggregation];
  return {
    rows,
    columns,
    inputs,
    targets,
    weights,
    branches,
    normalizer: Math.max(1, normalizer),
    temperature: options.temperature,
    extraInputs: { ...batch, ...(referenceLogProbabilities && { referenceLogProbabilities }) },
  };
}

/** Tokens that the policy chose. */
const ownTokens = ({ mask }: Rollout): number => mask.reduce((sum, own) => sum + own, 0);

function checkAdvantages(rollouts: readonly Rollout[], advantages: PolicyBatchOptions['advantages']): void {
  for (const [i, { ids }] of rollouts.entries()) {
    const given = advantages[i];
    if (typeof given !== 'object') checkNumber(`advantages[${i}]`, given);
    else
      for (let token = 0; token < ids.length; token++)
        checkNumber(`advantages[${i}][${token}]`, given[token]);
  }
}

/** One is kept where none has an advantage: a step is taken at any rate. */
function untied({ rollouts, advantages, answersPerPrompt = 1 }: PolicyBatchOptions): readonly Rollout[] {
  const teaches = (group: number): boolean =>
    rollouts
      .slice(group * answersPerPrompt, (group + 1) * answersPerPrompt)
      .some((_, i) => !isZero(advantages[group * answersPerPrompt + i]!));
  const kept = rollouts.filter((_, i) => teaches(Math.floor(i / answersPerPrompt)));
  return kept.length > 0 ? kept : rollouts.slice(0, answersPerPrompt);
}

const isZero = (advantage: number | ArrayLike<number>): boolean =>
  typeof advantage === 'number' ? advantage === 0 : Array.from(advantage).every((value) => value === 0);
