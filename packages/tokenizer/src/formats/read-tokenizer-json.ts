/**
 * Reads Hugging Face's `tokenizer.json` of a byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM, StarCoder, DeepSeek, OLMo …): merges or
 * `ignore_merges`, added tokens, normalizer, pre-tokenizer. What it cannot do exactly it refuses by name. Post-processors, which add
 * begin and end tokens around a text, are not applied: ids are those of `add_special_tokens: false`.
 */

import { BpeTokenizer } from '../bpe-tokenizer.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import { alphabetToBytes } from '../vocabulary/byte-alphabet.js';
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

/** Throws `tokenizer/file-invalid` for a broken file and `tokenizer/model-unsupported` for what is no byte-level BPE. */
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
  const addedTokens = readAddedTokens(root.added_tokens);
  const { tokens, ids } = readVocabulary(model, new Map(addedTokens.map(({ content, id }) => [content, id])));
  return new BpeTokenizer({
    preTokenizer,
    tokens: tokenBytesOf(Array.from(tokens)),
    merges: readMerges(model, ids),
    ignoreMerges: model.ignore_merges === true,
    addedTokens,
    normalizer,
  });
}

function readAddedTokens(value: unknown): AddedToken[] {
  const contents = new Set<string>();
  const ids = new Set<number>();
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
    if (ids.has(id)) throw invalidFile(file, where, `repeats the id ${id}.`);
    contents.add(content);
    ids.add(id);
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

function readVocabulary(
  model: JsonObject,
  added: ReadonlyMap<string, number>,
): { tokens: (Uint8Array | undefined)[]; ids: Map<string, number> } {
  const addedIds = new Set(added.values());
  const ids = new Map<string, number>();
  const tokens: (Uint8Array | undefined)[] = [];
  for (const [text, value] of Object.entries(objectAt(file, 'model.vocab', model.vocab))) {
    const where = `model.vocab[${JSON.stringify(text.slice(0, 60))}]`;
    const id = idAt(file, where, value);
    if (text === '' || text.length > longestToken) {
      throw invalidFile(file, where, `is ${text === '' ? 'empty' : 'longer than 65536 characters'}.`);
    }
    if (tokens[id] !== undefined) throw invalidFile(file, where, `repeats the id ${id}.`);
    if (addedIds.has(id)) {
      if (added.get(text) !== id)
        throw invalidFile(file, where, `has the id ${id} of another token in added_tokens.`);
      continue;
    }
    ids.set(text, id);
    // A token with other characters than the 256 stands for its own text and is never made from bytes, as in Hugging Face.
    tokens[id] = alphabetToBytes(text) ?? new TextEncoder().encode(text);
  }
  return { tokens, ids };
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
