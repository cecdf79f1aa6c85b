/**
 * Reads Hugging Face's `tokenizer.json` of a byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM, StarCoder,
 * DeepSeek, OLMo …): merges or `ignore_merges`, added tokens, normalizer, pre-tokenizer. What it cannot do
 * exactly it refuses by name. Post-processors, which add begin and end tokens around a text, are not applied:
 * ids are those of `add_special_tokens: false`.
 */

import { BpeTokenizer } from '../bpe-tokenizer.js';
import { rustWord } from '../oniguruma/unicode-sets.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import type { UnknownToken } from '../vocabulary/bpe-definition.js';
import { alphabetToBytes, bytesToAlphabet } from '../vocabulary/byte-alphabet.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { tokenBytesOf } from '../vocabulary/token-bytes.js';
import {
  arrayAt,
  idAt,
  invalidFile,
  type JsonObject,
  objectAt,
  parseJson,
  stringAt,
} from './json-reading.js';
import { readNormalizer } from './read-normalizer.js';
import { readPreTokenizer, unsupported } from './read-pre-tokenizer.js';

const file = 'tokenizer.json';
/** Longest token in characters; no real one comes near. */
const longestToken = 1 << 16;

/**
 * Throws `tokenizer/file-invalid` for a broken file and `tokenizer/model-unsupported` for what is no
 * byte-level BPE.
 */
export function fromTokenizerJson(text: string): BpeTokenizer {
  const root = objectAt(file, 'the file', parseJson(file, text));
  const model = objectAt(file, 'model', root.model);
  const type = model.type ?? (Array.isArray(model.merges) ? 'BPE' : 'unknown');
  if (type !== 'BPE') throw unsupported(`the model type "${String(type)}"`);
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    const value = model[key];
    if (value !== null && value !== undefined && value !== '' && value !== 0)
      throw unsupported(`model.${key}`);
  }
  if (model.byte_fallback === true) throw unsupported('a BPE with byte_fallback (SentencePiece)');
  const preTokenizer = readPreTokenizer(root.pre_tokenizer);
  const normalizer = readNormalizer(root.normalizer);
  const added = readAddedTokens(root.added_tokens);
  const { ids, size } = readVocabulary(model);
  const merges = readMerges(model, ids);
  const addedTokens = placeAddedTokens(added, ids).map((token) => {
    const normalizedContent = token.normalized ? normalizer?.normalize(token.content) : undefined;
    return normalizedContent === token.content ? token : { ...token, normalizedContent };
  });
  const { tokens, rawTokens } = ordinaryTokens(ids, size, merges, addedTokens);
  return new BpeTokenizer({
    preTokenizer,
    tokens: tokenBytesOf(tokens),
    rawTokens,
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

/** A token that the vocabulary has is that token, whatever id the list says, as in Hugging Face. */
function placeAddedTokens(added: readonly AddedToken[], ids: ReadonlyMap<string, number>): AddedToken[] {
  const owners = new Map(Array.from(ids, ([text, id]) => [id, text]));
  const placed = added.map((token) => ({ ...token, id: ids.get(token.content) ?? token.id }));
  const seen = new Map<number, string>();
  for (const [index, { content, id }] of placed.entries()) {
    const owner = owners.get(id) ?? seen.get(id);
    if (owner !== undefined && owner !== content)
      throw invalidFile(
        file,
        `added_tokens[${index}]`,
        `has the id ${id} of another token, ${JSON.stringify(owner.slice(0, 60))}.`,
      );
    seen.set(id, content);
  }
  return placed;
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
): { tokens: (Uint8Array | undefined)[]; rawTokens: ReadonlySet<number> } {
  const tokens = new Array<Uint8Array | undefined>(size).fill(undefined);
  const rawTokens = new Set<number>();
  const addedIds = new Set(added.map(({ id }) => id));
  const merged = new Set([...pairs, ...results]);
  const encoder = new TextEncoder();
  for (const [text, id] of ids) {
    const bytes = alphabetToBytes(text);
    const isByte = bytes?.length === 1;
    if (addedIds.has(id) && !isByte && !merged.has(id)) continue;
    if (bytes === undefined) rawTokens.add(id);
    tokens[id] = bytes ?? encoder.encode(text);
  }
  return { tokens, rawTokens };
}

function readAddedTokens(value: unknown): AddedToken[] {
  const contents = new Set<string>();
  return arrayAt(file, 'added_tokens', value ?? []).map((entry, index) => {
    const where = `added_tokens[${index}]`;
    const token = objectAt(file, where, entry);
    const content = stringAt(file, `${where}.content`, token.content);
    const id = idAt(file, `${where}.id`, token.id);
    if (content === '' || content.length > longestToken) {
      throw invalidFile(
        file,
        `${where}.content`,
        `is ${content === '' ? 'empty' : 'longer than 65536 characters'}.`,
      );
    }
    if (contents.has(content)) throw invalidFile(file, where, `repeats ${JSON.stringify(content)}.`);
    contents.add(content);
    return {
      content,
      id,
      special: token.special !== false,
      lstrip: token.lstrip === true,
      rstrip: token.rstrip === true,
      singleWord: token.single_word === true,
      normalized: token.normalized === true,
    };
  });
}

function readVocabulary(model: JsonObject): { ids: Map<string, number>; size: number } {
  const ids = new Map<string, number>();
  const seen = new Set<number>();
  let size = 0;
  for (const [text, value] of Object.entries(objectAt(file, 'model.vocab', model.vocab))) {
    const where = `model.vocab[${JSON.stringify(text.slice(0, 60))}]`;
    const id = idAt(file, where, value);
    if (text === '' || text.length > longestToken) {
      throw invalidFile(file, where, `is ${text === '' ? 'empty' : 'longer than 65536 characters'}.`);
    }
    if (seen.has(id)) throw invalidFile(file, where, `repeats the id ${id}.`);
    seen.add(id);
    ids.set(text, id);
    size = Math.max(size, id + 1);
  }
  return { ids, size };
}

function readMerges(model: JsonObject, ids: ReadonlyMap<string, number>): MergeList {
  const entries = arrayAt(file, 'model.merges', model.merges);
  const pairs = new Int32Array(entries.length * 2);
  const results = new Int32Array(entries.length);
  for (const [rank, entry] of entries.entries()) {
    const where = `model.merges[${rank}]`;
    const parts = typeof entry === 'string' ? entry.split(' ') : arrayAt(file, where, entry);
    if (parts.length !== 2) throw invalidFile(file, where, 'must hold two tokens.');
    const names = parts.map((part) => stringAt(file, where, part));
    for (const [offset, token] of names.entries()) {
      const id = ids.get(token);
      if (id === undefined)
        throw invalidFile(file, where, `names ${JSON.stringify(token)}, which is not in model.vocab.`);
      pairs[rank * 2 + offset] = id;
    }
    const made = names.join('');
    const result = ids.get(made);
    if (result === undefined)
      throw invalidFile(file, where, `makes ${JSON.stringify(made)}, which is not in model.vocab.`);
    results[rank] = result;
  }
  return { pairs, results };
}
