/**
 * OpenAI's published encodings: pattern and special tokens (tiktoken's `openai_public.py`), and which models
 * use them.
 */
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

/** Names and beginnings of names (they end in `*`), as `tiktoken.model` of tiktoken 0.14 has them. */
const models: readonly (readonly [EncodingName, string])[] = [
  [
    'o200k_base',
    'o1 o3 o4-mini gpt-5 gpt-4.1 gpt-4o o1-* o3-* o4-mini-* gpt-5* gpt-4.5-* gpt-4.1-* chatgpt-4o-* gpt-4o-* ft:gpt-4o*',
  ],
  [
    'cl100k_base',
    'gpt-4 gpt-3.5-turbo gpt-3.5 gpt-35-turbo davinci-002 babbage-002 gpt-4-* gpt-3.5-turbo-* gpt-35-turbo-*',
  ],
  ['cl100k_base', 'text-embedding-ada-002 text-embedding-3-small text-embedding-3-large'],
  ['cl100k_base', 'ft:gpt-4* ft:gpt-3.5-turbo* ft:davinci-002* ft:babbage-002*'],
  [
    'p50k_base',
    'text-davinci-003 text-davinci-002 code-davinci-002 code-davinci-001 code-cushman-002 code-cushman-001',
  ],
  ['p50k_base', 'davinci-codex cushman-codex'],
  ['p50k_edit', 'text-davinci-edit-001 code-davinci-edit-001'],
  ['r50k_base', 'text-davinci-001 text-curie-001 text-babbage-001 text-ada-001 davinci curie babbage ada'],
  [
    'r50k_base',
    'text-similarity-davinci-001 text-similarity-curie-001 text-similarity-babbage-001 text-similarity-ada-001',
  ],
  [
    'r50k_base',
    'text-search-davinci-doc-001 text-search-curie-doc-001 text-search-babbage-doc-001 text-search-ada-doc-001',
  ],
  ['r50k_base', 'code-search-babbage-code-001 code-search-ada-code-001'],
  ['gpt2', 'gpt2 gpt-2'],
];

/** The encoding of an OpenAI model, `gpt-4o` → `o200k_base`. Throws `tokenizer/model-unknown`. */
export function encodingNameForModel(model: string): EncodingName {
  const named = models.flatMap(([encoding, names]) =>
    names.split(' ').map((name) => [name, encoding] as const),
  );
  const whole = named.find(([name]) => name === model);
  const found = whole ?? named.find(([name]) => name.endsWith('*') && model.startsWith(name.slice(0, -1)));
  if (found !== undefined) return found[1];
  throw new LlmError({
    code: 'tokenizer/model-unknown',
    message: `No encoding is known for the model "${model}"; use loadEncoding with one of ${Object.keys(namedEncodings).join(', ')}.`,
    details: { model },
  });
}
