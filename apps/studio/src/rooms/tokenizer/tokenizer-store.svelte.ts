/**
 * What the room holds: the tokenizers that are open, the text, and the text's tokens as the chosen one has
 * them. All is computed in the worker; while it works the last result stays, and of the texts that come
 * meanwhile only the last is encoded.
 */
import { WorkerCalls } from '../../workers/worker-calls.js';
import workerAddress from './tokenizer.worker.ts?worker&url';
import type { Encoded, EncodingInfo, EncodingSource, TokenizerCalls } from './tokenizer-calls.js';

/** Names of encodings that come with the page. */
export const published = { gpt2: 'gpt2', cl100k: 'cl100k_base', o200k: 'o200k_base' } as const;
export const ownName = 'run';

export interface TextTokens extends Encoded {
  readonly encoding: EncodingInfo;
  readonly text: string;
}

export class TokenizerStore {
  readonly worker = new WorkerCalls<TokenizerCalls>(workerAddress);
  /** In the order in which they were opened. */
  encodings = $state.raw<readonly EncodingInfo[]>([]);
  tokens = $state.raw<TextTokens>();
  problem = $state<string>();
  isBusy = $state(false);
  #wanted: { readonly name: string; readonly text: string } | undefined;
  readonly #opening = new Map<string, Promise<EncodingInfo>>();

  find(name: string): EncodingInfo | undefined {
    return this.encodings.find((encoding) => encoding.name === name);
  }

  /** Once for each name, unless `anew`. */
  open(name: string, source: EncodingSource, { anew = false } = {}): Promise<EncodingInfo> {
    const known = this.#opening.get(name);
    if (known !== undefined && !anew) return known;
    const opening = this.worker.call('open', { name, source }).then((info) => {
      this.add(info);
      return info;
    });
    this.#opening.set(name, opening);
    opening.catch(() => this.#opening.delete(name));
    return opening;
  }

  add(info: EncodingInfo): void {
    this.encodings = [...this.encodings.filter(({ name }) => name !== info.name), info];
  }

  /** The text's tokens appear in `tokens` when they are known. */
  async encode(name: string, text: string): Promise<void> {
    this.#wanted = { name, text };
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (let wanted = this.#take(); wanted !== undefined; wanted = this.#take()) {
        const encoded = await this.worker.call('encode', wanted);
        const encoding = this.find(wanted.name);
        if (encoding !== undefined) this.tokens = { ...encoded, encoding, text: wanted.text };
        this.problem = undefined;
      }
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.isBusy = false;
    }
  }

  stop(): void {
    this.worker.stop();
  }

  #take(): { readonly name: string; readonly text: string } | undefined {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    return wanted;
  }
}

export const tokenBytes = ({ bytes, offsets }: EncodingInfo, id: number): Uint8Array =>
  bytes.subarray(offsets[id]!, offsets[id + 1]!);
