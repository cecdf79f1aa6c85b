/** The tokenizer part of a GGUF file's metadata, `tokenizer.ggml.*`, as lists; the file is not read here. */
import { LlmError } from '@llm/core';
import { invalidFile } from './json-reading.js';

export interface GgufTokenizer {
  /** `tokenizer.ggml.model`: `gpt2` (byte-level BPE), `llama` (SentencePiece's BPE) or `gemma4`. */
  readonly model: string;
  /** `tokenizer.ggml.pre`: llama.cpp's name for the pattern. Of `gpt2` only. */
  readonly pre: string;
  /** [vocabularySize] */
  readonly tokens: readonly string[];
  /** [vocabularySize] 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte */
  readonly tokenTypes: readonly number[];
  /** `left right` in order of rank; none of `llama`. */
  readonly merges: readonly string[];
  /** [vocabularySize] `tokenizer.ggml.scores`, of `llama`: the greater one merges first. */
  readonly scores?: readonly number[] | Float32Array | undefined;
  /**
   * Whether a begin token goes before a text, an end token after it. `encode` adds neither: for who builds
   * prompts. Default, as llama.cpp: begin for `llama`, `gemma4` and some patterns, no end.
   */
  readonly addBos?: boolean | undefined;
  readonly addEos?: boolean | undefined;
  /** `add_space_prefix`, of `llama`: a space before the text and after added tokens. Default true. */
  readonly addSpacePrefix?: boolean | undefined;
  /** `remove_extra_whitespaces`. True is refused, as llama.cpp passes over it for these kinds. */
  readonly removeExtraWhitespaces?: boolean | undefined;
  /** Default: the token of type 2. */
  readonly unknownId?: number | undefined;
  /** Control tokens whatever their type says. */
  readonly bosId?: number | undefined;
  readonly eosId?: number | undefined;
}

export const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Texts that llama.cpp takes for control tokens whatever their type says: they end what a model says. */
const endings: ReadonlySet<string> = new Set([
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|return|>',
  '<|call|>',
  '<|flush|>',
  '<|calls|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '</s>',
  '<|eom_id|>',
  '<EOT>',
  '_<EOT>',
  '[EOT]',
  '[EOS]',
  '<|end_of_text|>',
  '<end_of_utterance>',
  '<eos>',
  '<turn|>',
  '<|tool_response>',
  '<｜end▁of▁sentence｜>',
  '[e~[',
]);

/** Whether text becomes this token only where the caller allows it. */
export function isControlToken(lists: GgufTokenizer, id: number): boolean {
  const type = lists.tokenTypes[id];
  if (type === tokenType.control || type === tokenType.unknown) return true;
  return id === lists.bosId || id === lists.eosId || endings.has(lists.tokens[id]!);
}

/** Throws `tokenizer/file-invalid` for lists that do not fit each other. */
export function checkLists(lists: GgufTokenizer): void {
  const { tokens, tokenTypes, merges, unknownId, bosId, eosId } = lists;
  // A list of texts may be one of numbers in a file, and a number.
  if (!isListOf(tokens, 'string')) throw invalidGguf('tokenizer.ggml.tokens', 'is no list of texts.');
  if (!isListOf(tokenTypes, 'number'))
    throw invalidGguf('tokenizer.ggml.token_type', 'is no list of numbers.');
  if (!isListOf(merges, 'string')) throw invalidGguf('tokenizer.ggml.merges', 'is no list of texts.');
  if (tokenTypes.length !== tokens.length)
    throw invalidGguf(
      'tokenizer.ggml.token_type',
      `has ${tokenTypes.length} types for ${tokens.length} tokens.`,
    );
  for (const [key, id] of Object.entries({ unknown: unknownId, bos: bosId, eos: eosId }))
    if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id < tokens.length))
      throw invalidGguf(`tokenizer.ggml.${key}_token_id`, `is ${id}, and there are ${tokens.length} tokens.`);
  const ids = new Map<string, number>();
  for (const [id, text] of tokens.entries()) {
    const other = ids.get(text);
    if (text === '') continue;
    if (other !== undefined)
      throw invalidGguf(
        `tokenizer.ggml.tokens[${id}]`,
        `repeats ${JSON.stringify(text.slice(0, 40))}, which is token ${other}.`,
      );
    ids.set(text, id);
  }
}

function isListOf(value: unknown, type: 'string' | 'number'): boolean {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
  return (value as unknown as readonly unknown[]).every((item) => typeof item === type);
}

/** A `tokenizer/file-invalid` error. */
export function invalidGguf(where: string, problem: string): LlmError {
  return invalidFile('The GGUF file', where, problem);
}

/** A `tokenizer/model-unsupported` error. */
export function unsupportedGguf(what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `The GGUF tokenizer has ${what}.`,
    details: { what },
  });
}
