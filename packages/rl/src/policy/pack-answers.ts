/**
 * Which answers to one prompt share a row. Few short rows repeat the prompt, long ones pay for attention
 * between answers that do not see each other: the least work is in between. Lengths and numbers of rows come
 * from a coarse grid, since each shape is a graph that has to be compiled. Answers are put into rows by
 * first-fit decreasing (Johnson 1973).
 */
import { LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';

export interface PlacementOptions {
  /** Upper limit of a prompt and its answer: the model's window. */
  readonly contextLength: number;
  /** Positions per row are rounded up to a multiple of this, so that few shapes are compiled. Default 16. */
  readonly columnMultiple?: number | undefined;
  /**
   * So many neighbouring rollouts answer one prompt, and may share rows, in which it stands once and each
   * answer is a branch: as many of them in a row as make the batch the least work. Default: a row for each.
   */
  readonly answersPerPrompt?: number | undefined;
  /** Rows of a batch that are computed at a time: filled up to a multiple of it. Default: all. */
  readonly rowsAtOnce?: number | undefined;
}

export interface PackedRows {
  /** Those that only fill up included. */
  readonly rows: number;
  readonly columns: number;
  /** Answers of each row that has some. */
  readonly packed: readonly (readonly Rollout[])[];
}

/** Columns at which attention costs as much as everything else in a layer: wide models have more. */
const attentionBreakEven = 512;

/** Of rows of so many columns, for comparison. */
export const work = (rows: number, columns: number): number =>
  rows * columns * (1 + columns / attentionBreakEven);

/** Undefined where a row for each answer is less work. Throws `rl/prompts-differ`. */
export function packRows(
  options: PlacementOptions,
  answersPerPrompt: number,
  rollouts: readonly Rollout[],
): PackedRows | undefined {
  const { columnMultiple = 16, rowsAtOnce } = options;
  const groups = Array.from({ length: Math.ceil(rollouts.length / answersPerPrompt) }, (_, group) =>
    rollouts.slice(group * answersPerPrompt, (group + 1) * answersPerPrompt),
  );
  for (const [group, members] of groups.entries()) checkPrompts(members, group * answersPerPrompt);
  const shared = ({ prompt }: Rollout): number => prompt.length - 1;
  const least = Math.max(1, ...rollouts.map((rollout) => shared(rollout) + rollout.ids.length));
  const most = Math.max(
    1,
    ...groups.map((members) => members.reduce((sum, { ids }) => sum + ids.length, shared(members[0]!))),
  );
  const apart = Math.min(options.contextLength, roundedUp(least, columnMultiple));
  let leastWork = answersPerPrompt === 1 ? 0 : work(rollouts.length, apart);
  let best: PackedRows | undefined;
  for (let columns = onGrid(least, columnMultiple); ; columns = onGrid(columns + 1, columnMultiple)) {
    const packed = groups.flatMap((members) => firstFit(members, columns - shared(members[0]!)));
    const rows = rowsAtOnce === undefined ? onGrid(packed.length, 1) : roundedUp(packed.length, rowsAtOnce);
    if (work(rows, columns) < leastWork) {
      leastWork = work(rows, columns);
      best = { rows, columns, packed };
    }
    if (columns >= most) return best;
  }
}

/** Longest first, each into the first row that has room; within a row and among rows in their order. */
function firstFit(members: readonly Rollout[], room: number): Rollout[][] {
  const rows: { members: Rollout[]; left: number }[] = [];
  for (const member of members.toSorted((a, b) => b.ids.length - a.ids.length)) {
    const { length } = member.ids;
    const row = rows.find(({ left }) => left >= length);
    if (row === undefined) rows.push({ members: [member], left: room - length });
    else {
      row.members.push(member);
      row.left -= length;
    }
  }
  return rows.map((row) => row.members);
}

function checkPrompts(members: readonly Rollout[], first: number): void {
  const { prompt } = members[0]!;
  for (const [index, each] of members.entries())
    if (each.prompt.length !== prompt.length || each.prompt.some((id, i) => id !== prompt[i]))
      throw new LlmError({
        code: 'rl/prompts-differ',
        message: `Rollouts ${first} and ${first + index} answer different prompts and cannot share a row: answersPerPrompt is ${members.length}.`,
        details: { rollout: first + index },
      });
}

export const roundedUp = (size: number, multiple: number): number => Math.ceil(size / multiple) * multiple;

/** A multiple of `multiple`, and of an eighth of the power of two below: 8 sizes to the next power. */
function onGrid(size: number, multiple: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, size - 1))) - 3);
  return roundedUp(roundedUp(size, step), multiple);
}
