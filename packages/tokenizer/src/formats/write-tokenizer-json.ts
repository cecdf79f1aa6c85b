/**
 * Writes Hugging Face's `tokenizer.json` (version 1.0), which `tokenizers`, transformers and transformers.js load with the same ids.
 * Ranks become merges (one for each token, `ignore_merges` set, as tiktoken takes a piece that is a token whole).
 */

import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { recoverMerges } from '../merging/recover-merges.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import { bytesToAlphabet } from '../vocabulary/byte-alphabet.js';
import { tokenOf } from '../vocabulary/token-bytes.js';

export function toTokenizerJson(tokenizer: BpeTokenizer): string {
  const { tokens, preTokenizer, normalizer, addedTokens } = tokenizer.definition;
  const size = tokens.offsets.length - 1;
  const texts = Array.from({ length: size }, (_, id) => bytesToAlphabet(tokenOf(tokens, id)));
  const vocabulary: [string, number][] = [];
  for (let id = 0; id < size; id++) if (texts[id] !== '') vocabulary.push([texts[id]!, id]);
  const { pairs } = tokenizer.definition.merges ?? recoverMerges(tokens);
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: (addedTokens ?? []).map(writeAddedToken),
    normalizer: normalizer?.json ?? null,
    pre_tokenizer: preTokenizer.json,
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: tokenizer.definition.merges === undefined || tokenizer.definition.ignoreMerges === true,
      vocab: Object.fromEntries(vocabulary),
      merges: Array.from({ length: pairs.length / 2 }, (_, rank) => [
        texts[pairs[rank * 2]!],
        texts[pairs[rank * 2 + 1]!],
      ]),
    },
  };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

function writeAddedToken(token: AddedToken): Record<string, unknown> {
  return {
    id: token.id,
    content: token.content,
    single_word: token.singleWord ?? false,
    lstrip: token.lstrip ?? false,
    rstrip: token.rstrip ?? false,
    normalized: token.normalized ?? false,
    special: token.special ?? true,
  };
}
