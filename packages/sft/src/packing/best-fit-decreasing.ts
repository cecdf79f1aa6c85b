/**
 * Best-fit-decreasing bin packing: longest first, each into the row with the least room that still takes it
 * ("Fewer Truncations Improve Language Modeling", Ding et al. 2024; TRL's `packing_strategy='bfd'`). Unlike
 * TRL nothing is cut: a length above the capacity is the caller's to handle.
 */
import { LlmError } from '@llm/core';

/**
 * Groups indices of `lengths` into rows whose lengths add up to at most `capacity`, in the order they were
 * placed. Equal lengths keep their order, so the number of rows depends on the lengths alone. O(n · capacity)
 * at worst. Throws `sft/length-exceeds-capacity`.
 */
export function bestFitDecreasing(lengths: readonly number[], capacity: number): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => lengths[b]! - lengths[a]!);
  const rows: number[][] = [];
  /** rowsByRoom[r]: rows with exactly r positions left */
  const rowsByRoom: number[][][] = Array.from({ length: capacity + 1 }, () => []);
  for (const index of order) {
    const length = lengths[index]!;
    if (length > capacity) {
      throw new LlmError({
        code: 'sft/length-exceeds-capacity',
        message: `Item ${index} has length ${length}, more than a row's ${capacity}; leave it out or use longer rows.`,
        details: { index, length, capacity },
      });
    }
    let room = length;
    while (room <= capacity && rowsByRoom[room]!.length === 0) room++;
    let row: number[];
    if (room > capacity) {
      row = [];
      rows.push(row);
      room = capacity;
    } else row = rowsByRoom[room]!.pop()!;
    row.push(index);
    rowsByRoom[room - length]!.push(row);
  }
  return rows;
}
