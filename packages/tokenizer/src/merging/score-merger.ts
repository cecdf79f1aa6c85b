/**
 * SentencePiece's BPE (Kudo & Richardson 2018), as it and llama.cpp run it: any two symbols merge whose text
 * together is a token, that of the greatest score first, the leftmost of equals. What stays a character
 * without a token is spelled in byte tokens, or becomes the unknown token, one for several in a row.
 */
import type { CharacterVocabulary } from '../vocabulary/character-vocabulary.js';
import { longestTokenOf, type TokenBytes } from '../vocabulary/token-bytes.js';
import { type CharacterIds, codePointAt, sequenceLength } from './character-ids.js';
import { Merger, NO_MERGE } from './merger.js';
import { TokenTable } from './token-table.js';

/** Pairs remembered, a power of two: 1 MB. */
const rememberedPairs = 1 << 16;

export class ScoreMerger extends Merger {
  protected readonly byteIds = new Int32Array(0);
  readonly #vocabulary: TokenTable;
  readonly #longest: number;
  /** [vocabularySize] place among the scores, equal for equal ones; the greatest is 0 */
  readonly #places: Int32Array;
  /** Slots of left id, right id, rank, unused: what the last pair that fell into each slot gave. */
  readonly #remembered = new Int32Array(rememberedPairs * 4).fill(-1);
  #hasUnknown = false;

  constructor(
    tokens: TokenBytes,
    readonly characters: CharacterIds,
    readonly fallback: CharacterVocabulary['byteIds'],
    scores: Float32Array,
    /** Absent: a character without a token is left out. */
    readonly unknownId: number | undefined,
    raw: ReadonlySet<number> | undefined,
  ) {
    super();
    this.#vocabulary = new TokenTable(tokens, raw);
    this.#longest = longestTokenOf(tokens);
    this.#places = placesOf(scores);
  }

  override merge(view: DataView, start: number, end: number, out: Int32Array, length: number): number {
    this.#hasUnknown = false;
    const merged = super.merge(view, start, end, out, length);
    return this.#hasUnknown ? this.#spell(out, length, merged) : merged;
  }

  /** A character without a token gets a number below -1 that says which it is. */
  protected override fill(view: DataView, start: number, end: number): number {
    this.reserve(end - start + 1);
    const { starts, ids, characters } = this;
    let count = 0;
    for (let position = start; position < end; position += sequenceLength(view.getUint8(position))) {
      const codePoint = codePointAt(view, position);
      const id = characters.find(codePoint);
      if (id < 0) this.#hasUnknown = true;
      starts[count] = position;
      ids[count++] = id < 0 ? -2 - codePoint : id;
    }
    starts[count] = end;
    return count;
  }

  protected rankOf(view: DataView, left: number, right: number, end: number): number {
    const leftId = this.ids[left]!;
    const rightId = this.ids[right]!;
    const remembered = this.#remembered;
    const hash = Math.imul(leftId, 0x9e3779b1) ^ Math.imul(rightId, 0x85ebca6b);
    const slot = ((hash ^ (hash >>> 15)) & (rememberedPairs - 1)) << 2;
    if (remembered[slot] === leftId && remembered[slot + 1] === rightId) return remembered[slot + 2]!;
    const id = this.#find(view, this.starts[left]!, end);
    const rank = id < 0 ? NO_MERGE : this.#places[id]!;
    remembered[slot] = leftId;
    remembered[slot + 1] = rightId;
    remembered[slot + 2] = rank;
    return rank;
  }

  protected resultOf(_rank: number, view: DataView, start: number, end: number): number {
    return this.#find(view, start, end);
  }

  #find(view: DataView, start: number, end: number): number {
    return end - start > this.#longest ? -1 : this.#vocabulary.find(view, start, end - start);
  }

  /** Puts ids in place of the characters without a token among `out[from, to)`. */
  #spell(out: Int32Array, from: number, to: number): number {
    const symbols = out.slice(from, to);
    const encoder = new TextEncoder();
    let length = from;
    let wasUnknown = false;
    for (const symbol of symbols) {
      if (symbol >= 0) out[length++] = symbol;
      else if (this.fallback !== undefined) {
        for (const byte of encoder.encode(String.fromCodePoint(-2 - symbol)))
          out[length++] = this.fallback[byte]!;
      } else if (!wasUnknown && this.unknownId !== undefined) out[length++] = this.unknownId;
      wasUnknown = symbol < 0;
    }
    return length;
  }
}

function placesOf(scores: Float32Array): Int32Array {
  const sorted = Float32Array.from(scores).sort().reverse();
  const placeOf = new Map<number, number>();
  for (const [place, score] of sorted.entries()) if (!placeOf.has(score)) placeOf.set(score, place);
  return Int32Array.from(scores, (score) => placeOf.get(score)!);
}
