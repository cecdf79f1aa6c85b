/**
 * `@llm/tokenizer/o200k`: this vocabulary alone, for bundlers that put every vocabulary of `loadEncoding`
 * into one file.
 */
import { encodingAsset } from '#encodings/o200k_base';
import type { BpeTokenizer } from './bpe-tokenizer.js';
import { encodingLoader } from './encodings/encoding-tokenizer.js';

/** `o200k_base`. Throws `tokenizer/encoding-unknown`. */
export const loadEncoding: (name?: 'o200k_base') => Promise<BpeTokenizer> = /* @__PURE__ */ encodingLoader(
  encodingAsset,
  ['o200k_base'],
);
