/**
 * `@llm/tokenizer/r50k`: this vocabulary alone, for bundlers that put every vocabulary of `loadEncoding` into
 * one file.
 */
import { encodingAsset } from '#encodings/r50k_base';
import type { BpeTokenizer } from './bpe-tokenizer.js';
import { encodingLoader } from './encodings/encoding-tokenizer.js';

/** `r50k_base` or `gpt2` (default the first). Throws `tokenizer/encoding-unknown`. */
export const loadEncoding: (name?: 'r50k_base' | 'gpt2') => Promise<BpeTokenizer> =
  /* @__PURE__ */ encodingLoader(encodingAsset, ['r50k_base', 'gpt2']);
