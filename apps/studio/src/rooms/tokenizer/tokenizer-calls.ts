/** What the tokenizer room asks its worker. */
import type { MergeTree } from '@llm/tokenizer';

/** Where a tokenizer comes from. */
export type EncodingSource =
  | { readonly kind: 'published'; readonly encoding: 'gpt2' | 'cl100k_base' | 'o200k_base' }
  | { readonly kind: 'address'; readonly url: string }
  /** What a model file says of its tokenizer; its weights are not read. */
  | { readonly kind: 'gguf'; readonly file: File }
  /** Names and texts of a folder's files; `tokenizer.json` is among them. */
  | { readonly kind: 'files'; readonly files: Readonly<Record<string, string>> };

export interface EncodingInfo {
  readonly name: string;
  readonly vocabularySize: number;
  /** Text and id. */
  readonly special: readonly (readonly [string, number])[];
  /** The bytes of every token end to end; of special ones their text. */
  readonly bytes: Uint8Array;
  /** [vocabularySize + 1] */
  readonly offsets: Int32Array;
  readonly canChat: boolean;
}

export interface Encoded {
  readonly ids: Int32Array;
  /** [rows + 1]: the tokens of each line that is drawn. */
  readonly rows: Int32Array;
  /** Of the worker, for encoding alone. */
  readonly milliseconds: number;
}

export interface TokenPlace {
  /** In bytes and UTF-16 units of the text, [start, end). */
  readonly bytes: readonly [number, number];
  readonly units: readonly [number, number];
}

export interface Learned {
  readonly id: number;
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** A message, or a part of the assistant's. `tool-call`: the tool's name, a space, its input. */
export interface ChatLine {
  readonly kind: 'system' | 'user' | 'assistant' | 'tool-call' | 'tool-output';
  readonly text: string;
}

export interface TrainingChoice {
  readonly text: string;
  readonly vocabularySize: number;
  readonly pattern: 'gpt2' | 'cl100k' | 'o200k' | 'llama3' | 'nanochat';
  readonly minFrequency: number;
}

export type TokenizerCalls = {
  readonly open: {
    readonly takes: { readonly name: string; readonly source: EncodingSource };
    readonly gives: EncodingInfo;
  };
  readonly encode: {
    readonly takes: { readonly name: string; readonly text: string };
    readonly gives: Encoded;
  };
  /** Tokens of the text, for each name. */
  readonly count: {
    readonly takes: { readonly names: readonly string[]; readonly text: string };
    readonly gives: readonly number[];
  };
  /** Of token `index` of the text that was encoded last. */
  readonly place: {
    readonly takes: { readonly name: string; readonly index: number };
    readonly gives: TokenPlace;
  };
  readonly tree: {
    readonly takes: { readonly name: string; readonly id: number };
    readonly gives: MergeTree;
  };
  readonly merges: {
    readonly takes: { readonly name: string };
    readonly gives: { readonly count: number };
  };
  /** The text after so many merges, and the merge that was last. */
  readonly stage: {
    readonly takes: { readonly name: string; readonly text: string; readonly count: number };
    readonly gives: Encoded & { readonly last: Omit<Learned, 'count'> | undefined };
  };
  readonly chat: {
    readonly takes: { readonly name: string; readonly lines: readonly ChatLine[] };
    readonly gives: { readonly ids: Int32Array; readonly mask: Uint8Array; readonly rows: Int32Array };
  };
  /** Makes the tokenizer `name`; says what is learnt, in order. */
  readonly train: {
    readonly takes: TrainingChoice & { readonly name: string };
    readonly says: readonly (Learned & { readonly bytes: Uint8Array })[];
    readonly gives: EncodingInfo;
  };
  readonly write: {
    readonly takes: { readonly name: string };
    readonly gives: string;
  };
};
