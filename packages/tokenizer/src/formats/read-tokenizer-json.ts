/**
 * Reads Hugging Face's `tokenizer.json` of a byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM, StarCoder,
 * DeepSeek, OLMo …) or of SentencePiece's (Llama 2, Mistral, Gemma, Phi-3 …): merges or `ignore_merges`,
 * added tokens, normalizer, pre-tokenizer, decoder. What it cannot do exactly it refuses by name.
 * Post-processors, which add begin and end tokens around a text, are not applied: ids are those of
 * `add_special_tokens: false`.
 */

import { BpeTokenizer } from '../bpe-tokenizer.js';
import { rustWord } from '../oniguruma/unicode-sets.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import type { UnknownToken } from '../vocabulary/bpe-definition.js';
import { bytesToAlphabet, isInAlphabet, writeAlphabet } from '../vocabulary/byte-alphabet.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import type { TokenBytes } from '../vocabulary/token-bytes.js';
import { invalidFile, type JsonObject, objectAt, parseJson, stringAt } from './json-reading.js';
import { readCharacters } from './read-characters.js';
import { readNormalizer } from './read-normalizer.js';
import { endsInByteLevel, readPreTokenizer, unsupported } from './read-pre-tokenizer.js';
import {
  normalizeAddedTokens,
  placeAddedTokens,
  readAddedTokens,
  readMerges,
  readVocabulary,
} from './read-vocabulary.js';

const file = 'tokenizer.json';

/** Throws `tokenizer/file-invalid` for a broken file and `tokenizer/model-unsupported` for another kind. */
export function fromTokenizerJson(text: string): BpeTokenizer {
  return readTokenizer(parseJson(file, text));
}

/** From what the file holds. */
export function readTokenizer(value: unknown): BpeTokenizer {
  const root = objectAt(file, 'the file', value);
  const model = objectAt(file, 'model', root.model);
  const type = model.type ?? (Array.isArray(model.merges) ? 'BPE' : 'unknown');
  if (type !== 'BPE') throw unsupported(`the model type "${String(type)}"`);
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    const value = model[key];
    if (value !== null && value !== undefined && value !== '' && value !== 0)
      throw unsupported(`model.${key}`);
  }
  if (!endsInByteLevel(root.pre_tokenizer)) return readCharacters(root, model);
  if (model.byte_fallback === true) throw unsupported('byte_fallback beside ByteLevel');
  const preTokenizer = readPreTokenizer(root.pre_tokenizer);
  const normalizer = readNormalizer(root.normalizer);
  const added = readAddedTokens(root.added_tokens);
  const { ids, size } = readVocabulary(model);
  const merges = readMerges(model, ids);
  const addedTokens = normalizeAddedTokens(placeAddedTokens(added, ids), normalizer);
  return new BpeTokenizer({
    preTokenizer,
    ...ordinaryTokens(ids, size, merges, addedTokens),
    merges,
    ignoreMerges: model.ignore_merges === true,
    addedTokens,
    normalizer,
    unknown: readUnknown(model, ids),
    isWordCharacter: (codePoint) => rustWord().has(codePoint),
  });
}

function readUnknown(model: JsonObject, ids: ReadonlyMap<string, number>): UnknownToken | undefined {
  const text = model.unk_token;
  if (text === null || text === undefined) return undefined;
  const id = ids.get(stringAt(file, 'model.unk_token', text));
  if (id !== undefined) return { id, isFused: model.fuse_unk === true };
  for (let byte = 0; byte < 256; byte++) {
    if (!ids.has(bytesToAlphabet(Uint8Array.of(byte))))
      throw invalidFile(
        file,
        'model.unk_token',
        `is not in model.vocab, and neither is the byte 0x${byte.toString(16)} that it would stand for.`,
      );
  }
  return undefined;
}

/**
 * The tokens that text is made of by merging. An added token is one of them where merges make it or need it;
 * a token with other characters than the 256 stands for its own text and is never made from bytes.
 */
function ordinaryTokens(
  ids: ReadonlyMap<string, number>,
  size: number,
  { pairs, results }: MergeList,
  added: readonly AddedToken[],
): { tokens: TokenBytes; rawTokens: ReadonlySet<number> } {
  const isMerged = new Uint8Array(size);
  for (const id of pairs) isMerged[id] = 1;
  for (const id of results) isMerged[id] = 1;
  const leftOut = new Set<number>();
  for (const { id, content } of added)
    if (isMerged[id] !== 1 && !(content.length === 1 && isInAlphabet(content))) leftOut.add(id);
  // End to end at once: an array for each of hundreds of thousands of tokens is work for the collector.
  const encoder = new TextEncoder();
  const raw = new Map<number, Uint8Array>();
  const offsets = new Int32Array(size + 1);
  for (const [text, id] of ids) {
    if (leftOut.has(id)) continue;
    const isWritten = isInAlphabet(text);
    if (!isWritten) raw.set(id, encoder.encode(text));
    offsets[id + 1] = isWritten ? text.length : raw.get(id)!.length;
  }
  for (let id = 0; id < size; id++) offsets[id + 1]! += offsets[id]!;
  const bytes = new Uint8Array(offsets[size]!);
  for (const [text, id] of ids) {
    if (leftOut.has(id)) continue;
    const stored = raw.get(id);
    if (stored === undefined) writeAlphabet(text, bytes, offsets[id]!);
    else bytes.set(stored, offsets[id]!);
  }
  return { tokens: { bytes, offsets }, rawTokens: new Set(raw.keys()) };
}
