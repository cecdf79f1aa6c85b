/**
 * Learns merges from counted pieces: the most frequent adjacent pair becomes a token, again and again. Pair
 * counts are kept up to date by visiting only the words that hold the merged pair, and the queue is refreshed
 * lazily (the design of Hugging Face `tokenizers` and rustbpe). Ties go to the pair with the smaller left id,
 * then right id, as in both; the order of the corpus has no influence.
 */
import { LlmError } from '@llm/core';
import { ListMerger } from '../merging/list-merger.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { byteIdsOf, paddedView, type TokenBytes, tokenOf } from '../vocabulary/token-bytes.js';
import { CandidateQueue } from './candidate-queue.js';
import { PairTable } from './pair-table.js';
import type { PieceCounter } from './piece-counter.js';

export interface MergeTrainerOptions {
  /** [256] bytes in the order of their ids */
  readonly baseBytes: Uint8Array;
  /** Bytes that a token may have at most. */
  readonly maxTokenLength: number;
  /** Occurrences that a pair must have to be merged. */
  readonly minFrequency: number;
  /** Texts that no token may be: those of special tokens. Default none. */
  readonly forbidden?: readonly string[] | undefined;
  /** Tokens and merges to begin with; `baseBytes` is then not used. */
  readonly seed?: TrainingSeed | undefined;
}

export interface TrainingSeed {
  readonly tokens: TokenBytes;
  readonly merges: MergeList;
}

export class MergeTrainer {
  /** Left and right id of each merge in order. */
  readonly pairs: number[] = [];
  /** Id that each merge makes. */
  readonly results: number[] = [];
  /** Bytes of each token by id. */
  readonly tokens: Uint8Array[];
  readonly #options: MergeTrainerOptions;
  /** Symbols of all words end to end; a word shrinks in place. */
  readonly #symbols: Int32Array;
  readonly #wordStarts: Int32Array;
  readonly #wordEnds: Int32Array;
  readonly #wordCounts: Float64Array;
  readonly #pairTable = new PairTable();
  readonly #queue = new CandidateQueue(this.#pairTable);
  /** Id by bytes as Latin-1. */
  readonly #ids = new Map<string, number>();
  readonly #forbidden: ReadonlySet<string>;
  /** (pair, word) of this step in order, and per pair how many and the last word. */
  #records = new Int32Array(1 << 12);
  #recordsUsed = 0;
  #touched: number[] = [];
  #recordCounts = new Int32Array(1 << 14);
  #lastWords = new Int32Array(1 << 14).fill(-1);

  constructor(counter: Pick<PieceCounter, 'pieces' | 'counts'>, options: MergeTrainerOptions) {
    this.#options = options;
    this.#forbidden = new Set((options.forbidden ?? []).map((text) => keyOf(new TextEncoder().encode(text))));
    const { seed } = options;
    const seedSize = seed === undefined ? 0 : seed.tokens.offsets.length - 1;
    this.tokens =
      seed === undefined
        ? Array.from(options.baseBytes, (byte) => Uint8Array.of(byte))
        : Array.from({ length: seedSize }, (_, id) => tokenOf(seed.tokens, id));
    this.tokens.forEach((token, id) => {
      if (token.length > 0) this.#ids.set(keyOf(token), id);
    });
    const { pieces, counts } = counter;
    const ids = new Int32Array(256);
    for (let id = 0; id < 256; id++) ids[options.baseBytes[id]!] = id;
    let merger: ListMerger | undefined;
    if (seed !== undefined) {
      merger = new ListMerger(byteIdsOf(seed.tokens), seed.merges);
      for (const id of seed.merges.pairs) this.pairs.push(id);
      for (const id of seed.merges.results) this.results.push(id);
    }
    let words = 0;
    let symbols = 0;
    for (let entry = 0; entry < pieces.size; entry++) {
      if (pieces.keyLength(entry) < 2 || counts[entry]! <= 0) continue;
      words++;
      symbols += pieces.keyLength(entry);
    }
    if (symbols > 0x7fffffff) {
      throw new LlmError({
        code: 'tokenizer/corpus-too-large',
        message: `The distinct pieces hold ${symbols} bytes, more than 2^31: set memoryBudget, or use a pattern that makes shorter pieces.`,
      });
    }
    this.#symbols = new Int32Array(symbols);
    this.#wordStarts = new Int32Array(words);
    this.#wordEnds = new Int32Array(words);
    this.#wordCounts = new Float64Array(words);
    let word = 0;
    let used = 0;
    for (let entry = 0; entry < pieces.size; entry++) {
      if (pieces.keyLength(entry) < 2 || counts[entry]! <= 0) continue;
      this.#wordStarts[word] = used;
      const key = pieces.key(entry);
      if (merger === undefined) for (const byte of key) this.#symbols[used++] = ids[byte]!;
      else used = merger.merge(paddedView(key), 0, key.length, this.#symbols, used);
      this.#wordEnds[word] = used;
      this.#wordCounts[word++] = counts[entry]!;
    }
    this.#countPairs();
  }

  /** Performs the next merge; undefined when no pair is frequent enough. */
  step(): { readonly count: number } | undefined {
    const { counts, left, right } = this.#pairTable;
    for (;;) {
      const top = this.#queue.peek();
      if (top === undefined) return undefined;
      const count = counts[top.pair]!;
      if (top.count !== count) {
        if (count >= this.#options.minFrequency) this.#queue.requeue(count);
        else this.#queue.drop();
        continue;
      }
      if (count < this.#options.minFrequency) return undefined;
      this.#queue.drop();
      const leftId = left[top.pair]!;
      const rightId = right[top.pair]!;
      const result = this.#join(leftId, rightId);
      if (result === undefined) continue;
      this.pairs.push(leftId, rightId);
      this.results.push(result);
      const { words } = this.#queue;
      for (let i = top.start; i < top.end; i++) this.#mergeWord(words[i]!, leftId, rightId, result);
      this.#flushRecords();
      return { count };
    }
  }

  #countPairs(): void {
    const symbols = this.#symbols;
    for (let word = 0; word < this.#wordStarts.length; word++) {
      const end = this.#wordEnds[word]!;
      for (let i = this.#wordStarts[word]! + 1; i < end; i++)
        this.#change(symbols[i - 1]!, symbols[i]!, word, 1);
    }
    this.#flushRecords();
  }

  /**
   * The id of the joined bytes, undefined where they are forbidden; two merges that make the same bytes make
   * the same token.
   */
  #join(left: number, right: number): number | undefined {
    const a = this.tokens[left]!;
    const b = this.tokens[right]!;
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    const key = keyOf(joined);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#forbidden.has(key)) return undefined;
    this.#ids.set(key, this.tokens.length);
    return this.tokens.push(joined) - 1;
  }

  #mergeWord(word: number, left: number, right: number, result: number): void {
    const symbols = this.#symbols;
    const start = this.#wordStarts[word]!;
    const end = this.#wordEnds[word]!;
    const { maxTokenLength } = this.#options;
    const length = this.tokens[result]!.length;
    let write = start;
    for (let read = start; read < end; read++) {
      const symbol = symbols[read]!;
      if (symbol !== left || read + 1 >= end || symbols[read + 1] !== right) {
        symbols[write++] = symbol;
        continue;
      }
      if (write > start) {
        const before = symbols[write - 1]!;
        this.#change(before, left, word, -1);
        if (this.tokens[before]!.length + length <= maxTokenLength) this.#change(before, result, word, 1);
      }
      symbols[write++] = result;
      read++;
      if (read + 1 < end) {
        const after = symbols[read + 1]!;
        this.#change(right, after, word, -1);
        if (this.tokens[after]!.length + length <= maxTokenLength) this.#change(result, after, word, 1);
      }
    }
    this.#wordEnds[word] = write;
  }

  #change(left: number, right: number, word: number, sign: 1 | -1): void {
    const pair = this.#pairTable.entry(left, right);
    this.#pairTable.counts[pair]! += sign * this.#wordCounts[word]!;
    if (sign < 0) return;
    if (pair >= this.#lastWords.length) {
      const size = this.#pairTable.left.length;
      const recordCounts = new Int32Array(size);
      recordCounts.set(this.#recordCounts);
      this.#recordCounts = recordCounts;
      const lastWords = new Int32Array(size).fill(-1);
      lastWords.set(this.#lastWords);
      this.#lastWords = lastWords;
    }
    if (this.#lastWords[pair] === word) return;
    if (this.#lastWords[pair] === -1) this.#touched.push(pair);
    this.#lastWords[pair] = word;
    this.#recordCounts[pair]!++;
    if (this.#recordsUsed + 2 > this.#records.length) {
      const larger = new Int32Array(this.#records.length * 2);
      larger.set(this.#records);
      this.#records = larger;
    }
    this.#records[this.#recordsUsed++] = pair;
    this.#records[this.#recordsUsed++] = word;
  }

  /** Turns the records of a step into candidates with their word lists. */
  #flushRecords(): void {
    const { counts } = this.#pairTable;
    let start = this.#queue.reserve(this.#recordsUsed / 2);
    // From here on `lastWords` holds where the next word of a pair goes.
    for (const pair of this.#touched) {
      this.#lastWords[pair] = start;
      start += this.#recordCounts[pair]!;
    }
    const { words } = this.#queue;
    for (let i = 0; i < this.#recordsUsed; i += 2)
      words[this.#lastWords[this.#records[i]!]!++] = this.#records[i + 1]!;
    for (const pair of this.#touched) {
      const end = this.#lastWords[pair]!;
      const count = counts[pair]!;
      if (count > 0) this.#queue.push(pair, count, end - this.#recordCounts[pair]!, end);
      this.#recordCounts[pair] = 0;
      this.#lastWords[pair] = -1;
    }
    this.#touched = [];
    this.#recordsUsed = 0;
    if (this.#records.length > 1 << 20) this.#records = new Int32Array(1 << 12);
  }
}

function keyOf(token: Uint8Array): string {
  let key = '';
  for (const byte of token) key += String.fromCharCode(byte);
  return key;
}
