/**
 * Rollouts → the batch of a policy-gradient step. Weights are advantage × aggregation weight, so the plain
 * weighted likelihood is REINFORCE on it and `clippedPolicyGradient` is GRPO; the extra input `active` is the
 * aggregation weight alone, for terms that have no advantage (KL, entropy). Ways to average over tokens of
 * answers i of length |oᵢ|:
 *   token             Σ ℓ ÷ all active tokens                 DAPO; TRL `dapo`, verl `token-mean`
 *   sequence          mean over i of (Σ ℓ ÷ |oᵢ|)             GRPO as published; favours short right answers
 *   constant          Σ ℓ ÷ (answers · maxNewTokens)          Dr. GRPO
 *   sequence-sum      Σ ℓ ÷ answers                           RLOO
 */
import type { TokenBatch } from '@llm/core';
import { checkChoice, checkNumber, checkNumbers, LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';

export type Aggregation = 'token' | 'sequence' | 'constant' | 'sequence-sum';

export interface PolicyBatchOptions {
  readonly rollouts: readonly Rollout[];
  /** [rollouts.length] */
  readonly advantages: ArrayLike<number>;
  /** Default `token`. */
  readonly aggregation?: Aggregation | undefined;
  /** Needed for `constant`. */
  readonly maxNewTokens: number;
  /** Positions per row are rounded up to a multiple of this, so that few shapes are compiled. Default 16. */
  readonly columnMultiple?: number | undefined;
  /** Upper limit of positions per row: the model's window. */
  readonly contextLength: number;
  /** Leave answers that were cut off out of the loss (DAPO's overlong filtering). Default false. */
  readonly maskTruncated?: boolean | undefined;
}

const count = { minimum: 1, integer: true };

/**
 * Extra inputs: `active` (aggregation weight of the policy's own tokens, else 0), `advantages`,
 * `oldLogProbabilities`. The normalizer is at least the smallest positive one, so a batch in which nothing is
 * active has loss 0, not NaN. Throws `core/option-invalid` and `rl/rollout-exceeds-context`.
 */
export function createPolicyBatch(options: PolicyBatchOptions): TokenBatch {
  const { rollouts, advantages, aggregation = 'token', columnMultiple = 16 } = options;
  checkChoice('aggregation', aggregation, ['token', 'sequence', 'constant', 'sequence-sum']);
  checkNumbers(options, { maxNewTokens: count, columnMultiple: count, contextLength: count });
  const rows = rollouts.length;
  for (let row = 0; row < rows; row++) checkNumber(`advantages[${row}]`, advantages[row]);
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
  const columns = Math.min(options.contextLength, Math.ceil(longest / columnMultiple) * columnMultiple);
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const weights = new Float32Array(rows * columns);
  const active = new Float32Array(rows * columns);
  const advantageInput = new Float32Array(rows * columns);
  const oldLogProbabilities = new Float32Array(rows * columns);
  let activeTokens = 0;
  let answers = 0;
  for (const [row, { prompt, ids, mask, logProbabilities, stopReason }] of rollouts.entries()) {
    const start = row * columns;
    // Input at position p is token p, its target token p + 1:
    // the answer's first token is a target at prompt.length − 1.
    inputs.set(prompt, start);
    inputs.set(ids.subarray(0, -1), start + prompt.length);
    targets.set(prompt.subarray(1), start);
    const answer = start + prompt.length - 1;
    targets.set(ids, answer);
    const length = mask.reduce((sum, own) => sum + own, 0);
    if (length === 0 || (options.maskTruncated && stopReason !== 'stop')) continue;
    answers++;
    activeTokens += length;
    const share = aggregation === 'sequence' ? 1 / length : 1;
    for (let i = 0; i < ids.length; i++) {
      if (mask[i] === 0) continue;
      active[answer + i] = share;
      weights[answer + i] = advantages[row]! * share;
      advantageInput[answer + i] = advantages[row]!;
      oldLogProbabilities[answer + i] = logProbabilities[i]!;
    }
  }
  const normalizer = {
    token: activeTokens,
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
    normalizer: Math.max(1, normalizer),
    extraInputs: { active, advantages: advantageInput, oldLogProbabilities },
  };
}
