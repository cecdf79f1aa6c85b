/**
 * Keys and values of token sequences that were read before, for prompts that begin alike (a system prompt, a
 * conversation that goes on), as RadixAttention of SGLang and the prompt cache of llama.cpp have them. Whole
 * sequences, the least recently used first to go. Left out: sharing of memory between those that begin alike.
 */
import type { DecoderBatch } from '../decoder/decoder.js';

/** Shorter beginnings are read anew. */
const leastTokens = 16;

interface Entry {
  readonly tokens: Int32Array;
  /** One row, which has read them. */
  readonly batch: DecoderBatch;
  readonly bytes: number;
}

/** The beginning of a prompt that needs not be read. */
export interface Prefix {
  readonly length: number;
  /** A batch of one row that has read it. */
  copy(): Promise<DecoderBatch>;
}

export class PrefixCache {
  /** The most recently used last. */
  #entries: Entry[] = [];

  constructor(
    private readonly limit: number,
    private readonly bytesPerToken: number,
  ) {}

  get bytes(): number {
    return this.#entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The longest one, without the last token of the prompt: that one has to be read for what follows it. */
  find(prompt: Int32Array): Prefix | undefined {
    let best: Entry | undefined;
    let length = leastTokens - 1;
    for (const entry of this.#entries) {
      const common = Math.min(commonLength(entry.tokens, prompt), prompt.length - 1);
      if (common <= length) continue;
      best = entry;
      length = common;
    }
    if (best === undefined) return undefined;
    this.#touch(best);
    const { batch, tokens } = best;
    return { length, copy: () => batch.beginning(0, length, tokens[length - 1]!) };
  }

  /** Keeps a copy of a row that has read `tokens`; what it begins with is dropped. */
  async keep(batch: DecoderBatch, row: number, tokens: Int32Array): Promise<void> {
    const bytes = tokens.length * this.bytesPerToken;
    if (tokens.length < leastTokens || bytes > this.limit) return;
    const longer = this.#entries.find((entry) => commonLength(entry.tokens, tokens) === tokens.length);
    if (longer !== undefined) return this.#touch(longer);
    this.#drop((entry) => commonLength(entry.tokens, tokens) === entry.tokens.length);
    while (this.bytes + bytes > this.limit) this.#drop((entry) => entry === this.#entries[0]);
    const copy = await batch.beginning(row, tokens.length, tokens.at(-1)!);
    this.#entries.push({ tokens, batch: copy, bytes });
  }

  clear(): void {
    this.#drop(() => true);
  }

  #touch(used: Entry): void {
    this.#entries = [...this.#entries.filter((entry) => entry !== used), used];
  }

  #drop(dropped: (entry: Entry) => boolean): void {
    const gone = new Set(this.#entries.filter(dropped));
    for (const { batch } of gone) batch.dispose();
    this.#entries = this.#entries.filter((entry) => !gone.has(entry));
  }
}

function commonLength(a: Int32Array, b: Int32Array): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return i;
  return most;
}
