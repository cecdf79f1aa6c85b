/**
 * The tokenizer part of a GGUF file's metadata (llama.cpp's `tokenizer.ggml.*` of model `gpt2`), as lists;
 * the file itself is not read here.
 */
import { LlmError } from '@llm/core';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { recoverMerges } from '../merging/recover-merges.js';
import { patterns } from '../pretokenize/patterns.js';
import { createPreTokenizer } from '../pretokenize/pre-tokenizer.js';
import { bytesToAlphabet } from '../vocabulary/byte-alphabet.js';
import { tokenOf } from '../vocabulary/token-bytes.js';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { lostFlag, lostInPlainFormats, unexportable } from './unexportable.js';

export interface GgufTokenizer {
  /** `tokenizer.ggml.model`; only `gpt2` is byte-level BPE. */
  readonly model: string;
  /** `tokenizer.ggml.pre`: llama.cpp's name for the pattern. */
  readonly pre: string;
  /** [vocabularySize] */
  readonly tokens: readonly string[];
  /** [vocabularySize] 1 normal, 3 control, 4 user-defined, 5 unused */
  readonly tokenTypes: readonly number[];
  /** `left right` in order of rank */
  readonly merges: readonly string[];
}

/** The first name of a pattern is written. llama.cpp's own `gpt-4o` leaves combining marks out of words. */
const patternOfPre = {
  'gpt-2': patterns.gpt2,
  'llama-bpe': patterns.llama3,
  'granite-embed-multi-97m': patterns.o200k,
  'gpt-4o': patterns.o200k,
  qwen2: patterns.singleDigits,
} as const;

/**
 * Throws `tokenizer/model-unsupported` when llama.cpp has no name for the pattern, and
 * `tokenizer/export-unsupported` for what it does not do: normalizers, a space before the text, flags of
 * added tokens.
 */
export function toGgufTokenizer(tokenizer: BpeTokenizer): GgufTokenizer {
  const { tokens, preTokenizer, addedTokens = [], merges } = tokenizer.definition;
  const lost = lostInPlainFormats(tokenizer) ?? lostFlag(addedTokens);
  if (lost !== undefined) throw unexportable("A GGUF file's tokenizer", lost);
  const pre = Object.entries(patternOfPre).find(([, { scanner }]) => scanner === preTokenizer.scanner)?.[0];
  if (pre === undefined) {
    throw unsupported(
      'a pattern that llama.cpp has no name for; train with gpt2, llama3, o200k or singleDigits',
    );
  }
  const added = new Map(addedTokens.map((token) => [token.id, token]));
  const ordinary = tokens.offsets.length - 1;
  const texts = Array.from({ length: tokenizer.vocabularySize }, (_, id) => {
    const text = added.get(id)?.content ?? (id < ordinary ? bytesToAlphabet(tokenOf(tokens, id)) : '');
    return text === '' ? `[unused${id}]` : text;
  });
  const idOf = new Map<string, number>();
  for (const [id, text] of texts.entries()) {
    const other = idOf.get(text);
    if (other !== undefined)
      throw unexportable(
        "A GGUF file's tokenizer",
        `the ids ${other} and ${id} of one text, ${JSON.stringify(text)}`,
      );
    idOf.set(text, id);
  }
  const { pairs } = merges ?? recoverMerges(tokens);
  return {
    model: 'gpt2',
    pre,
    tokens: texts,
    tokenTypes: texts.map((text, id) => {
      const token = added.get(id);
      if (token !== undefined) return token.special === false ? 4 : 3;
      return text === `[unused${id}]` ? 5 : 1;
    }),
    merges: Array.from(
      { length: pairs.length / 2 },
      (_, i) => `${texts[pairs[i * 2]!]} ${texts[pairs[i * 2 + 1]!]}`,
    ),
  };
}

/**
 * Throws `tokenizer/model-unsupported` for another model or pattern, `tokenizer/file-invalid` for lists that
 * do not fit.
 */
export function fromGgufTokenizer({ model, pre, tokens, tokenTypes, merges }: GgufTokenizer): BpeTokenizer {
  if (model !== 'gpt2') throw unsupported(`the tokenizer model "${model}"`);
  checkLists(tokens, tokenTypes, merges);
  if (!Object.hasOwn(patternOfPre, pre)) throw unsupported(`the pre-tokenizer "${pre}"`);
  const isAdded = (id: number): boolean => tokenTypes[id] === 3 || tokenTypes[id] === 4;
  const vocabulary = tokens
    .map((text, id) => [text, id] as const)
    .filter(([, id]) => !isAdded(id) && tokenTypes[id] !== 5);
  return fromTokenizerJson(
    JSON.stringify({
      added_tokens: tokens
        .map((content, id) => ({ content, id, special: tokenTypes[id] === 3 }))
        .filter(({ id }) => isAdded(id)),
      pre_tokenizer: createPreTokenizer(patternOfPre[pre as keyof typeof patternOfPre]).json,
      model: {
        type: 'BPE',
        ignore_merges: pre === 'llama-bpe',
        vocab: Object.fromEntries(vocabulary),
        merges,
      },
    }),
  );
}

/** They are read from files, and a list of texts may be one of numbers there. */
function checkLists(tokens: unknown, tokenTypes: unknown, merges: unknown): void {
  const isList = (value: unknown, type: 'string' | 'number'): value is unknown[] =>
    (Array.isArray(value) || ArrayBuffer.isView(value)) &&
    (value as unknown[]).every((item) => typeof item === type);
  if (!isList(tokens, 'string')) throw invalidLists('tokens is not a list of texts');
  if (!isList(tokenTypes, 'number') || tokenTypes.length !== tokens.length)
    throw invalidLists(`tokenTypes is not a list of ${tokens.length} numbers, one for each token`);
  if (!isList(merges, 'string')) throw invalidLists('merges is not a list of texts');
}

function invalidLists(what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/file-invalid',
    message: `The GGUF tokenizer cannot be used: ${what}. Fetch or write the file again.`,
    details: { what },
  });
}

function unsupported(what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `The GGUF tokenizer has ${what}.`,
    details: { what },
  });
}
