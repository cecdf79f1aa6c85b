/** Where rollouts stand in a batch: each in a row of its own, or as branches after the prompt they share. */
import type { TokenBatch } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';
import { type PackedRows, type PlacementOptions, packRows, roundedUp } from './pack-answers.js';

/** Tokens in rows; where the first target of each answer is, and its number in its row. */
export interface PlacedAnswers
  extends Pick<TokenBatch, 'rows' | 'columns' | 'inputs' | 'targets' | 'branches'> {
  readonly answers: ReadonlyMap<Rollout, { readonly start: number; readonly answer: number }>;
}

/** Input at position p is token p, its target token p + 1. */
export function placeAnswers(options: PlacementOptions, rollouts: readonly Rollout[]): PlacedAnswers {
  const { answersPerPrompt } = options;
  const packed = answersPerPrompt === undefined ? undefined : packRows(options, answersPerPrompt, rollouts);
  return packed === undefined ? placedApart(options, rollouts) : placedInBranches(packed);
}

const columnsApart = (
  { contextLength, columnMultiple = 16 }: PlacementOptions,
  rollouts: readonly Rollout[],
): number => {
  const longest = rollouts.reduce((most, { prompt, ids }) => Math.max(most, prompt.length + ids.length), 2);
  return Math.min(contextLength, roundedUp(longest - 1, columnMultiple));
};

function placedApart(options: PlacementOptions, rollouts: readonly Rollout[]): PlacedAnswers {
  const columns = columnsApart(options, rollouts);
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
function placedInBranches({ rows, columns, packed }: PackedRows): PlacedAnswers {
  const inputs = new Int32Array(rows * columns);
  const targets = new Int32Array(rows * columns);
  const branches = new Int32Array(rows * columns);
  const answers = new Map<Rollout, { start: number; answer: number }>();
  for (const [row, members] of packed.entries()) {
    const { prompt } = members[0]!;
    const shared = prompt.length - 1;
    let at = row * columns;
    inputs.set(prompt.subarray(0, -1), at);
    targets.set(prompt.subarray(1), at);
    at += shared;
    for (const [index, rollout] of members.entries()) {
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
  // A row that only fills up begins like the longest prompt, so that no row has less in common, and has its
  // padding after it: a row may be longer than the window, a beginning with a branch may not.
  const beginning = Math.max(...packed.map((members) => members[0]!.prompt.length - 1));
  for (let row = packed.length; row < rows; row++)
    for (let column = beginning; column < columns; column++)
      branches[row * columns + column] = column - beginning + 1;
  return { rows, columns, inputs, targets, branches, answers };
}
