/**
 * Byte-level byte-pair encoding (Sennrich et al. 2016; GPT-2's bytes). Exact against tiktoken for its vocabularies and against
 * Hugging Face `tokenizers` for trained and imported ones. Text never becomes a special token unless the caller allows it.
 */
import { LlmError, type Tokenizer } from '@llm/core';
import { ListMerger, type MergeList } from './encode/merge-list.js';
import { PieceEncoder } from './encode/piece-encoder.js';
import { PieceTable } from './encode/piece-table.js';
import { RankMerger } from './encode/rank-merger.js';
import { type TokenBytes, tokenBytesOf, tokenOf } from './encode/token-bytes.js';
import type { PreTokenizer } from './pretokenize/pre-tokenizer.js';

export interface BpeDefinition {
  readonly preTokenizer: PreTokenizer;
  /** Bytes of every ordinary token by id; special tokens and unused ids are empty. */
  readonly tokens: TokenBytes;
  /** Absent: the ids are ranks (`.tiktoken`). */
  readonly merges?: MergeList;
  /** A piece that is a token is taken whole even where no merges lead to it (Llama 3). Always so for ranks. */
  readonly ignoreMerges?: boolean;
  readonly specialTokens: ReadonlyMap<string, number>;
}

export class BpeTokenizer implements Tokenizer {
  readonly specificationVersion = 'v1';
  readonly vocabularySize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  /** What the tokenizer was made of; formats write it. */
  readonly definition: BpeDefinition;
  readonly #encoder: PieceEncoder;
  readonly #specialTexts: ReadonlyMap<number, string>;
  /** Ordinary tokens, and special tokens as their text. */
  readonly #decoded: TokenBytes;

  constructor(definition: BpeDefinition) {
    this.definition = definition;
    const specials = [...definition.specialTokens];
    this.specialTokens = definition.specialTokens;
    this.#specialTexts = new Map(specials.map(([text, id]) => [id, text]));
    const ordinary = definition.tokens.offsets.length - 1;
    this.vocabularySize = specials.reduce((size, [, id]) => Math.max(size, id + 1), ordinary);
    const { tokens } = definition;
    const texts = new TextEncoder();
    this.#decoded = tokenBytesOf(
      Array.from({ length: this.vocabularySize }, (_, id) => {
        const special = this.#specialTexts.get(id);
        if (special !== undefined) return texts.encode(special);
        return id < ordinary ? tokenOf(tokens, id) : undefined;
      }),
    );
    this.#encoder = createEncoder(definition);
  }

  encode(text: string): Int32Array {
    this.#encoder.length = 0;
    this.#encoder.encode(text);
    return this.#encoder.take();
  }

  decode(ids: ArrayLike<number>): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#join(ids, true));
  }

  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    return this.#join(ids, false);
  }

  byteLength(id: number): number {
    if (this.#specialTexts.has(id)) return 0;
    const { offsets } = this.definition.tokens;
    return id >= 0 && id < offsets.length - 1 ? offsets[id + 1]! - offsets[id]! : 0;
  }

  #join(ids: ArrayLike<number>, withSpecials: boolean): Uint8Array {
    const { bytes, offsets } = this.#decoded;
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (!(id >= 0 && id < this.vocabularySize && Number.isInteger(id)))
        throw unknownId(id, i, this.vocabularySize);
      length += offsets[id + 1]! - offsets[id]!;
    }
    const joined = new Uint8Array(length);
    let position = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (!withSpecials && this.#specialTexts.has(id)) continue;
      const end = offsets[id + 1]!;
      for (let from = offsets[id]!; from < end; from++) joined[position++] = bytes[from]!;
    }
    return position === length ? joined : joined.slice(0, position);
  }
}

function createEncoder(definition: BpeDefinition): PieceEncoder {
  const { tokens, merges } = definition;
  const size = tokens.offsets.length - 1;
  const byteIds = new Int32Array(256).fill(-1);
  let longest = 0;
  for (let id = size - 1; id >= 0; id--) {
    const length = tokens.offsets[id + 1]! - tokens.offsets[id]!;
    if (length === 1) byteIds[tokens.bytes[tokens.offsets[id]!]!] = id;
    longest = Math.max(longest, length);
  }
  if (merges !== undefined && definition.ignoreMerges !== true) {
    const createTable = (): PieceTable => new PieceTable(4096);
    return new PieceEncoder(
      definition.preTokenizer,
      new ListMerger(byteIds, merges),
      createTable(),
      createTable,
    );
  }
  // Keys are read a word at a time, so the bytes need room after their end.
  const padded = new Uint8Array(tokens.bytes.length + 8);
  padded.set(tokens.bytes);
  const view = new DataView(padded.buffer);
  const createTable = (): PieceTable => {
    const table = new PieceTable(size);
    for (let id = 0; id < size; id++) {
      const length = tokens.offsets[id + 1]! - tokens.offsets[id]!;
      if (length > 0) table.add(view, tokens.offsets[id]!, length, id);
    }
    return table;
  };
  const table = createTable();
  const merger =
    merges === undefined ? new RankMerger(byteIds, table, longest) : new ListMerger(byteIds, merges);
  return new PieceEncoder(definition.preTokenizer, merger, table, createTable);
}

function unknownId(id: number, index: number, vocabularySize: number): LlmError {
  return new LlmError({
    code: 'tokenizer/id-unknown',
    message: `There is no token ${id} (at index ${index}): ids go from 0 to ${vocabularySize - 1}.`,
    details: { id: Number.isFinite(id) ? id : String(id), index },
  });
}
