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
  /**
   * Neighbouring rollouts that answer one prompt share a row, in which the prompt stands once and each answer
   * is a branch. Default: a row for each.
   */
  readonly answersPerPrompt?: number | undefined;
  /**
   * Leave out what has no advantage, prompts with all their answers where these share a row: without a term
   * of KL or entropy it adds nothing to the gradient. It counts in the normalizer. Default false.
   */
  readonly leaveTied?: boolean | undefined;
  /** Upper limit of a prompt and its answer: the model's window. */
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
  const { rollouts, advantages, aggregation = 'token' } = options;
  checkChoice('aggregation', aggregation, ['token', 'sequence', 'constant', 'sequence-sum']);
  checkNumbers(options, {
    maxNewTokens: count,
    columnMultiple: count,
    contextLength: count,
    answersPerPrompt: count,
  });
  for (let i = 0; i < rollouts.length; i++) checkNumber(`advantages[${i}]`, advantages[i]);
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
  const { rows, columns, inputs, targets, branches, answers: places } = placed(options, kept);
  const weights = new Float32Array(rows * columns);
  const active = new Float32Array(rows * columns);
  const advantageInput = new Float32Array(rows * columns);
  const oldLogProbabilities = new Float32Array(rows * columns);
  let activeTokens = 0;
  let answers = 0;
  for (const [index, rollout] of rollouts.entries()) {
    const { ids, mask, logProbabilities, stopReason } = rollout;
    const answer = places.get(rollout);
    const length = mask.reduce((sum, own) => sum + own, 0);
    if (length === 0 || (options.maskTruncated && stopReason !== 'stop')) continue;
    answers++;
    activeTokens += length;
    if (answer === undefined) continue;
    const share = aggregation === 'sequence' ? 1 / length : 1;
    for (let i = 0; i < ids.length; i++) {
      if (mask[i] === 0) continue;
      active[answer + i] = share;
      weights[answer + i] = advantages[index]! * share;
      advantageInput[answer + i] = advantages[index]!;
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
    branches,
    normalizer: Math.max(1, normalizer),
    extraInputs: { active, advantages: advantageInput, oldLogProbabilities },
  };
}

/** Tokens in rows, and where the first target of each answer is. */
interface Placed extends Pick<TokenBatch, 'rows' | 'columns' | 'inputs' | 'targets' | 'branches'> {
  readonly answers: ReadonlyMap<Rollout, number>;
}

/** One is kept where none has an advantage: a step is taken at any rate. */
function untied({ rollouts, advantages, answersPerPrompt = 1 }: PolicyBatchOptions): readonly Rollout[] {
  const teaches = (group: number): boolean =>
    rollouts
      .slice(group * answersPerPrompt, (group + 1) * answersPerPrompt)
      .some((_, i) => advantages[group * answersPerPrompt + i] !== 0);
  const kept = rollouts.filter((_, i) => teaches(Math.floor(i / answersPerPrompt)));
  return kept.length > 0 ? kept : rollouts.slice(0, answersPerPrompt);
}

/** Input at position p is token p, its target token p + 1. */
function placed(options: PolicyBatchOptions, rollouts: readonly Rollout[]): Placed {
  const { contextLength, answersPerPrompt, columnMultiple = 16 } = options;
  if (answersPerPrompt !== undefined) return placedInBranches(rollouts, answersPerPrompt, columnMultiple);
  const longest = rollouts.reduce((most, { prompt, ids }) => Math.max(most, prompt.length + ids.length), 2);
  const columns = Math.min(contextLength, roundedUp(longest - 1, columnMultiple));
  const rows = rollouts.length;
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const answers = new Map<Rollout, number>();
  for (const [row, rollout] of rollouts.entries()) {
    const { prompt, ids } = rollout;
    const start = row * columns;
    inputs.set(prompt, start);
    inputs.set(ids.subarray(0, -1), start + prompt.length);
    targets.set(prompt.subarray(1), start);
    // The answer's first token is a target at prompt.length − 1.
    const answer = start + prompt.length - 1;
    targets.set(ids, answer);
    answers.set(rollout, answer);
  }
  return { rows, columns, inputs, targets, answers, branches: undefined };
}

/** All but the last token of the prompt are shared: at that one answers begin to differ in their targets. */
function placedInBranches(rollouts: readonly Rollout[], group: number, columnMultiple: number): Placed {
  const rows = Math.ceil(rollouts.length / group);
  const groups = Array.from({ length: rows }, (_, row) => rollouts.slice(row * group, (row + 1) * group));
  const lengths = groups.map((members) =>
    members.reduce((sum, { ids }) => sum + ids.length, members[0]!.prompt.length - 1),
  );
  const columns = roundedUp(Math.max(...lengths, 1), columnMultiple);
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const branches = new Int32Array(rows * columns);
  const answers = new Map<Rollout, number>();
  for (const [row, members] of groups.entries()) {
    const { prompt } = members[0]!;
    const shared = prompt.length - 1;
    let at = row * columns;
    inputs.set(prompt.subarray(0, -1), at);
    targets.set(prompt.subarray(1), at);
    at += shared;
    for (const [index, rollout] of members.entries()) {
      if (rollout.prompt.some((id, i) => id !== prompt[i]) || rollout.prompt.length !== prompt.length)
        throw new LlmError({
          code: 'rl/prompts-differ',
          message: `Rollouts ${row * group} and ${row * group + index} answer different prompts and cannot share a row: answersPerPrompt is ${group}.`,
          details: { rollout: row * group + index },
        });
      answers.set(rollout, at);
      inputs[at] = prompt[shared]!;
      inputs.set(rollout.ids.subarray(0, -1), at + 1);
      targets.set(rollout.ids, at);
      branches.fill(index + 1, at, at + rollout.ids.length);
      at += rollout.ids.length;
    }
    // Padding sees the prompt alone, each position for itself.
    for (let branch = members.length + 1; at < (row + 1) * columns; at++) branches[at] = branch++;
  }
  return { rows, columns, inputs, targets, branches, answers };
}

const roundedUp = (size: number, multiple: number): number => Math.ceil(size / multiple) * multiple;
