/**
 * Writes Hugging Face's `tokenizer.json` (version 1.0), which `tokenizers`, transformers and transformers.js
 * load with the same ids. Ranks become merges (one for each token, `ignore_merges` set, as tiktoken takes a
 * piece that is a token whole).
 */

import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { recoverMerges } from '../merging/recover-merges.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import { mergesOfScores } from './merge-scores.js';
import { textsOfTokens } from './token-texts.js';
import { unexportable } from './unexportable.js';

/**
 * Throws `tokenizer/export-unsupported` where two ids would have the same text, which Hugging Face makes one.
 */
export function toTokenizerJson(tokenizer: BpeTokenizer): string {
  const { tokens, preTokenizer, normalizer, characters, unknown, ignoreMerges } = tokenizer.definition;
  const addedTokens = tokenizer.definition.addedTokens ?? [];
  const size = tokens.offsets.length - 1;
  const texts = textsOfTokens(tokenizer.definition);
  const idOf = new Map<string, number>();
  const place = (text: string, id: number): void => {
    const other = idOf.get(text) ?? id;
    if (other !== id)
      throw unexportable('tokenizer.json', `the ids ${other} and ${id} of one text, ${JSON.stringify(text)}`);
    idOf.set(text, id);
  };
  for (let id = 0; id < size; id++) if (texts[id] !== '') place(texts[id]!, id);
  const ordinary = idOf.size;
  for (const { content, id } of addedTokens) place(content, id);
  const isWritten = new Set(needsPlaces(addedTokens, texts, ordinary, unknown?.id) ? idOf.values() : []);
  const vocabulary = Array.from(idOf).filter(([, id]) => isWritten.has(id) || (texts[id] ?? '') !== '');
  const { pairs } =
    tokenizer.definition.merges ??
    (characters?.scores === undefined ? recoverMerges(tokens) : mergesOfScores(tokenizer));
  const unknownText = vocabulary.find(([, id]) => id === unknown?.id)?.[0] ?? null;
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens.map(writeAddedToken),
    normalizer: normalizer?.json ?? null,
    pre_tokenizer: preTokenizer.json,
    post_processor: null,
    decoder: characters?.decoding.json ?? {
      type: 'ByteLevel',
      add_prefix_space: true,
      trim_offsets: true,
      use_regex: true,
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknownText,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: unknown?.isFused ?? false,
      byte_fallback: characters?.byteIds !== undefined,
      ignore_merges:
        (characters === undefined && tokenizer.definition.merges === undefined) || ignoreMerges === true,
      vocab: Object.fromEntries(vocabulary.sort((a, b) => a[1] - b[1])),
      merges: Array.from({ length: pairs.length / 2 }, (_, rank) => [
        texts[pairs[rank * 2]!],
        texts[pairs[rank * 2 + 1]!],
      ]),
    },
  };
  // Only what we made is indented: what a file brought may be so deep that indenting it takes its square.
  const entries = Object.entries(file).map(
    ([key, value]) => `"${key}": ${JSON.stringify(value, undefined, key === 'model' ? 1 : 0)}`,
  );
  return `{\n${entries.join(',\n')}\n}\n`;
}

/**
 * Whether added tokens must stand in the vocabulary to keep their ids: Hugging Face gives those that do not
 * the next ids after it, in order of the list.
 */
function needsPlaces(
  added: readonly AddedToken[],
  texts: readonly string[],
  ordinary: number,
  unknown: number | undefined,
): boolean {
  let next = ordinary;
  for (const token of [...added].sort((a, b) => a.id - b.id)) {
    if ((texts[token.id] ?? '') !== '') continue;
    if (token.id !== next++ || token.id === unknown) return true;
  }
  return false;
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
