/**
 * `@llm/tokenizer/cl100k`: this vocabulary alone, for bundlers that put every vocabulary of `loadEncoding`
 * into one file.
 */
import { encodingAsset } from '#encodings/cl100k_base';
import type { BpeTokenizer } from './bpe-tokenizer.js';
import { encodingLoader } from './encodings/encoding-tokenizer.js';

/** `cl100k_base`. Throws `tokenizer/encoding-unknown`. */
export const loadEncoding: (name?: 'cl100k_base') => Promise<BpeTokenizer> = /* @__PURE__ */ encodingLoader(
  encodingAsset,
  ['cl100k_base'],
);
