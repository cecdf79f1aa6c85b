/**
 * `@llm/tokenizer/p50k`: this vocabulary alone, for bundlers that put every vocabulary of `loadEncoding` into
 * one file.
 */
import { encodingAsset } from '#encodings/p50k_base';
import type { BpeTokenizer } from './bpe-tokenizer.js';
import { encodingLoader } from './encodings/encoding-tokenizer.js';

/** `p50k_base` or `p50k_edit` (default the first). Throws `tokenizer/encoding-unknown`. */
export const loadEncoding: (name?: 'p50k_base' | 'p50k_edit') => Promise<BpeTokenizer> =
  /* @__PURE__ */ encodingLoader(encodingAsset, ['p50k_base', 'p50k_edit']);
