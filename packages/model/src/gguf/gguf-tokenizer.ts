/** The tokenizer keys of a GGUF file as lists, as @llm/tokenizer makes them and takes them. */
import { LlmError } from '@llm/core';
import type { GgufWriter } from './gguf-writer.js';

export interface GgufTokenizer {
  /** `tokenizer.ggml.model`: `gpt2` for byte-level BPE, `llama` for SentencePiece. */
  readonly model: string;
  /** `tokenizer.ggml.pre`: llama.cpp's name for the split pattern. */
  readonly pre: string;
  /** Texts by id, at most as many as the model's vocabulary. */
  readonly tokens: readonly string[];
  /** 1 ordinary, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 a byte */
  readonly tokenTypes: readonly number[];
  /** `left right` in order of rank */
  readonly merges: readonly string[];
  /** Log-probabilities by id, of SentencePiece. */
  readonly scores?: readonly number[] | undefined;
  /**
   * Whether the beginning and the end token go around every text, and a space before it; undefined: not said.
   */
  readonly addBos?: boolean | undefined;
  readonly addEos?: boolean | undefined;
  readonly addSpacePrefix?: boolean | undefined;
}

const unused = 5;

/** Rows of the embedding beyond the tokenizer's become unused. Throws `model/tokenizer-unsupported`. */
export function writeGgufTokenizer(
  file: GgufWriter,
  vocabularySize: number,
  { model, pre, tokens, tokenTypes, merges }: GgufTokenizer,
): void {
  if (tokens.length > vocabularySize || tokenTypes.length !== tokens.length)
    throw new LlmError({
      code: 'model/tokenizer-unsupported',
      message: `The tokenizer has ${tokens.length} tokens and ${tokenTypes.length} types for a model with a vocabulary of ${vocabularySize}. Is it the tokenizer this model was trained with?`,
    });
  const rest = Array.from({ length: vocabularySize - tokens.length }, (_, i) => tokens.length + i);
  file.string('tokenizer.ggml.model', model);
  file.string('tokenizer.ggml.pre', pre);
  file.strings('tokenizer.ggml.tokens', [...tokens, ...rest.map((id) => `[unused${id}]`)]);
  file.int32s('tokenizer.ggml.token_type', [...tokenTypes, ...rest.map(() => unused)]);
  file.strings('tokenizer.ggml.merges', merges);
}
