/** Where rollouts stand in a batch: each in a row of its own, or as branches after the prompt they share. */
import type { TokenBatch } from '@llm/core';
import { LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';

export interface PlacementOptions {
  /** Upper limit of a prompt and its answer: the model's window. */
  readonly contextLength: number;
  /** Positions per row are rounded up to a multiple of this, so that few shapes are compiled. Default 16. */
  readonly columnMultiple?: number | undefined;
  /**
   * Neighbouring rollouts that answer one prompt share a row, in which the prompt stands once and each answer
   * is a branch. Default: a row for each.
   */
  readonly answersPerPrompt?: number | undefined;
}

/** Tokens in rows; where the first target of each answer is, and its number in its row. */
export interface PlacedAnswers
  extends Pick<TokenBatch, 'rows' | 'columns' | 'inputs' | 'targets' | 'branches'> {
  readonly answers: ReadonlyMap<Rollout, { readonly start: number; readonly answer: number }>;
}

/** Input at position p is token p, its target token p + 1. */
export function placeAnswers(options: PlacementOptions, rollouts: readonly Rollout[]): PlacedAnswers {
  const { contextLength, answersPerPrompt, columnMultiple = 16 } = options;
  if (answersPerPrompt !== undefined) return placedInBranches(rollouts, answersPerPrompt, columnMultiple);
  const longest = rollouts.reduce((most, { prompt, ids }) => Math.max(most, prompt.length + ids.length), 2);
  const columns = Math.min(contextLength, roundedUp(longest - 1, columnMultiple));
  const rows = rollouts.length;
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const answers = new Map<Rollout, { start: number; answer: number }>();
  for (const [row, rollout] of rollouts.entries()) {
    const { prompt, ids } = rollout;
    const start = row * columns;
    inputs.set(prompt, start);
    inputs.set(ids.subarray(0, -1), start + prompt.length);
    targets.set(prompt.subarray(1), start);
    // The answer's first token is a target at prompt.length − 1.
    const answer = start + prompt.length - 1;
    targets.set(ids, answer);
    answers.set(rollout, { start: answer, answer: 0 });
  }
  return { rows, columns, inputs, targets, answers, branches: undefined };
}

/** All but the last token of the prompt are shared: at that one answers begin to differ in their targets. */
function placedInBranches(
  rollouts: readonly Rollout[],
  group: number,
  columnMultiple: number,
): PlacedAnswers {
  const rows = Math.ceil(rollouts.length / group);
  const groups = Array.from({ length: rows }, (_, row) => rollouts.slice(row * group, (row + 1) * group));
  const lengths = groups.map((members) =>
    members.reduce((sum, { ids }) => sum + ids.length, members[0]!.prompt.length - 1),
  );
  const columns = roundedUp(Math.max(...lengths, 1), columnMultiple);
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const branches = new Int32Array(rows * columns);
  const answers = new Map<Rollout, { start: number; answer: number }>();
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
      answers.set(rollout, { start: at, answer: index });
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
