/** OpenAI's published encodings: pattern and special tokens (tiktoken's `openai_public.py`), and which models use them. */
import { LlmError } from '@llm/core';
import { cl100k, gpt2, o200k, type Pattern } from '../pretokenize/patterns.js';

export interface NamedEncoding {
  /** Encodings that share a vocabulary share its file. */
  readonly asset: AssetName;
  readonly pattern: Pattern;
  readonly specialTokens: Readonly<Record<string, number>>;
}

export type AssetName = 'r50k_base' | 'p50k_base' | 'cl100k_base' | 'o200k_base';
export type EncodingName = 'gpt2' | 'r50k_base' | 'p50k_base' | 'p50k_edit' | 'cl100k_base' | 'o200k_base';

const r50k: NamedEncoding = { asset: 'r50k_base', pattern: gpt2, specialTokens: { '<|endoftext|>': 50256 } };

export const namedEncodings: Readonly<Record<EncodingName, NamedEncoding>> = {
  gpt2: r50k,
  r50k_base: r50k,
  p50k_base: { asset: 'p50k_base', pattern: gpt2, specialTokens: { '<|endoftext|>': 50256 } },
  p50k_edit: {
    asset: 'p50k_base',
    pattern: gpt2,
    specialTokens: {
      '<|endoftext|>': 50256,
      '<|fim_prefix|>': 50281,
      '<|fim_middle|>': 50282,
      '<|fim_suffix|>': 50283,
    },
  },
  cl100k_base: {
    asset: 'cl100k_base',
    pattern: cl100k,
    specialTokens: {
      '<|endoftext|>': 100257,
      '<|fim_prefix|>': 100258,
      '<|fim_middle|>': 100259,
      '<|fim_suffix|>': 100260,
      '<|endofprompt|>': 100276,
    },
  },
  o200k_base: {
    asset: 'o200k_base',
    pattern: o200k,
    specialTokens: { '<|endoftext|>': 199999, '<|endofprompt|>': 200018 },
  },
};

/** Longest prefix first. */
const models: readonly (readonly [string, EncodingName])[] = [
  ['gpt-4o', 'o200k_base'],
  ['gpt-4.1', 'o200k_base'],
  ['gpt-4.5', 'o200k_base'],
  ['chatgpt-4o', 'o200k_base'],
  ['gpt-5', 'o200k_base'],
  ['o1', 'o200k_base'],
  ['o3', 'o200k_base'],
  ['o4-mini', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-3.5', 'cl100k_base'],
  ['gpt-35', 'cl100k_base'],
  ['text-embedding-', 'cl100k_base'],
  ['text-davinci-00', 'p50k_base'],
  ['code-', 'p50k_base'],
  ['davinci', 'r50k_base'],
  ['gpt2', 'gpt2'],
];

/** The encoding of an OpenAI model, `gpt-4o` → `o200k_base`. Throws `tokenizer/model-unknown`. */
export function encodingNameForModel(model: string): EncodingName {
  const found = models.find(([prefix]) => model.startsWith(prefix));
  if (found !== undefined) return found[1];
  throw new LlmError({
    code: 'tokenizer/model-unknown',
    message: `No encoding is known for the model "${model}"; use loadEncoding with one of ${Object.keys(namedEncodings).join(', ')}.`,
    details: { model },
  });
}
