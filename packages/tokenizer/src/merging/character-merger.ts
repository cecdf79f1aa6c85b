/**
 * Merges only the listed pairs, beginning with characters, as Hugging Face `tokenizers` does without
 * ByteLevel.
 */
import type { UnknownToken } from '../vocabulary/bpe-definition.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { type CharacterIds, codePointAt, sequenceLength } from './character-ids.js';
import { ListMerger } from './list-merger.js';

export class CharacterMerger extends ListMerger {
  constructor(
    readonly characters: CharacterIds,
    /** [256] see `CharacterVocabulary` */
    readonly fallback: Int32Array | undefined,
    merges: MergeList,
    unknown: UnknownToken | undefined,
  ) {
    super(fallback ?? new Int32Array(256).fill(-1), merges, unknown);
  }

  protected override fill(view: DataView, start: number, end: number): number {
    this.reserve(end - start + 1);
    const { starts, ids, characters, fallback, unknown } = this;
    let count = 0;
    let wasUnknown = false;
    for (let position = start; position < end; ) {
      const length = sequenceLength(view.getUint8(position));
      const id = characters.find(codePointAt(view, position));
      const next = position + length;
      if (id < 0 && fallback !== undefined) {
        for (; position < next; position++) {
          starts[count] = position;
          ids[count++] = fallback[view.getUint8(position)]!;
        }
        continue;
      }
      if (id >= 0 || (unknown !== undefined && !(wasUnknown && unknown.isFused))) {
        starts[count] = position;
        ids[count++] = id >= 0 ? id : unknown!.id;
      }
      wasUnknown = id < 0;
      position = next;
    }
    starts[count] = end;
    return count;
  }

  protected override firstRankOf(view: DataView, left: number, right: number): number {
    return this.rankOf(view, left, right);
  }
}
