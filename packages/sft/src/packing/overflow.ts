/**
 * What becomes of a conversation that is longer than a row:
 *   skip      it is left out and named: nothing is learned from half an answer
 *   truncate  its beginning is kept (TRL's `truncation_mode: keep_start` and `packing_strategy: bfd`)
 *   split     it becomes several examples that do not see each other (TRL's `bfd_split`); each target stands in
 *             one of them, so none is learned twice
 */
import type { RenderedConversation } from '@llm/core';

export type Overflow = 'skip' | 'truncate' | 'split';

/** Examples of at most `columns` + 1 ids. */
export function fitted(
  rendered: RenderedConversation,
  columns: number,
  overflow: Overflow,
): RenderedConversation[] {
  const { ids, mask } = rendered;
  if (ids.length - 1 <= columns) return [rendered];
  const part = (start: number): RenderedConversation => ({
    ids: ids.subarray(start, start + columns + 1),
    mask: mask.subarray(start, start + columns + 1),
  });
  if (overflow !== 'split') return [part(0)];
  // The last id of a part is the first of the next: there a target, here what it is read from.
  return Array.from({ length: Math.ceil((ids.length - 1) / columns) }, (_, index) => part(index * columns));
}
