/** Writes Hugging Face's `tokenizer.json` (version 1.0), which `tokenizers`, transformers and transformers.js load with the same ids. */
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { tokenOf } from '../encode/token-bytes.js';
import { bytesToAlphabet } from '../pretokenize/byte-alphabet.js';

export function toTokenizerJson(tokenizer: BpeTokenizer): string {
  const { tokens, merges, preTokenizer, ignoreMerges } = tokenizer.definition;
  const size = tokens.offsets.length - 1;
  const texts = Array.from({ length: size }, (_, id) => bytesToAlphabet(tokenOf(tokens, id)));
  const vocabulary: [string, number][] = [];
  for (let id = 0; id < size; id++) if (texts[id] !== '') vocabulary.push([texts[id]!, id]);
  const pairs = merges?.pairs ?? new Int32Array();
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...tokenizer.specialTokens].map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: preTokenizer.source }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
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
      ignore_merges: ignoreMerges ?? false,
      vocab: Object.fromEntries(vocabulary),
      merges: Array.from({ length: pairs.length / 2 }, (_, rank) => [
        texts[pairs[rank * 2]!],
        texts[pairs[rank * 2 + 1]!],
      ]),
    },
  };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}
