/** The parts of a `tokenizer.json` that all kinds of BPE have: vocabulary, merges, added tokens. */
import type { Normalizer } from '../pretokenize/normalizer.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { arrayAt, idAt, invalidFile, type JsonObject, objectAt, stringAt } from './json-reading.js';
import { unsupported } from './read-pre-tokenizer.js';

const file = 'tokenizer.json';
/** Longest token in characters; no real one comes near. */
const longestToken = 1 << 16;

/** A token that the vocabulary has is that token, whatever id the list says, as in Hugging Face. */
export function placeAddedTokens(
  added: readonly AddedToken[],
  ids: ReadonlyMap<string, number>,
): AddedToken[] {
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

/** With what the normalizer makes of those that are looked for after it. */
export function normalizeAddedTokens(
  tokens: readonly AddedToken[],
  normalizer: Normalizer | undefined,
): AddedToken[] {
  return tokens.map((token) => {
    if (!token.normalized || normalizer === undefined) return token;
    const normalized = normalizer.normalize(token.content);
    // Hugging Face finds an empty one everywhere.
    if (normalized === '')
      throw unsupported(
        `the added token ${JSON.stringify(token.content.slice(0, 40))}, of which the normalizer leaves nothing`,
      );
    const normalizedContent = (normalizer.prefix ?? '') + normalized;
    return normalizedContent === token.content ? token : { ...token, normalizedContent };
  });
}

export function readAddedTokens(value: unknown): AddedToken[] {
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

export function readVocabulary(model: JsonObject): { ids: Map<string, number>; size: number } {
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

export function readMerges(model: JsonObject, ids: ReadonlyMap<string, number>): MergeList {
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
