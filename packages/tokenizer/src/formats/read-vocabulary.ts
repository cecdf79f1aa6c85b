/** The parts of a `tokenizer.json` that all kinds of BPE have: vocabulary, merges, added tokens. */
import type { Normalizer } from '../pretokenize/normalizer.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { arrayAt, idAt, invalidFile, isId, type JsonObject, objectAt, stringAt } from './json-reading.js';
import { unsupported } from './read-pre-tokenizer.js';

const file = 'tokenizer.json';
/** Longest token in characters; no real one comes near. */
const longestToken = 1 << 16;

/** A token that the vocabulary has is that token, whatever id the list says, as in Hugging Face. */
export function placeAddedTokens(
  added: readonly AddedToken[],
  ids: ReadonlyMap<string, number>,
): AddedToken[] {
  const placed = added.map((token) => ({ ...token, id: ids.get(token.content) ?? token.id }));
  const wanted = new Set(placed.map(({ id }) => id));
  const owners = new Map<number, string>();
  for (const [text, id] of ids) if (wanted.has(id)) owners.set(id, text);
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

/** `model.vocab` is an object of the file, or a Map made of another format. */
export function readVocabulary(model: JsonObject): { ids: Map<string, number>; size: number } {
  const { vocab } = model;
  const entries: Iterable<[string, unknown]> =
    vocab instanceof Map ? vocab : Object.entries(objectAt(file, 'model.vocab', vocab));
  const ids = new Map<string, number>();
  // 1 for an id that is taken, as long as the greatest so far.
  let taken = new Uint8Array(2 ** 16);
  let size = 0;
  for (const [text, value] of entries) {
    // Where an entry lies is written out for errors alone: there are hundreds of thousands.
    const where = (): string => `model.vocab[${JSON.stringify(text.slice(0, 60))}]`;
    const id = isId(value) ? value : idAt(file, where(), value);
    if (text === '' || text.length > longestToken)
      throw invalidFile(file, where(), `is ${text === '' ? 'empty' : 'longer than 65536 characters'}.`);
    if (id >= taken.length) {
      const longer = new Uint8Array(2 ** Math.ceil(Math.log2(id + 1)));
      longer.set(taken);
      taken = longer;
    }
    if (taken[id] === 1) throw invalidFile(file, where(), `repeats the id ${id}.`);
    taken[id] = 1;
    ids.set(text, id);
    if (id >= size) size = id + 1;
  }
  return { ids, size };
}

export function readMerges(model: JsonObject, ids: ReadonlyMap<string, number>): MergeList {
  const entries = arrayAt(file, 'model.merges', model.merges);
  const pairs = new Int32Array(entries.length * 2);
  const results = new Int32Array(entries.length);
  for (let rank = 0; rank < entries.length; rank++) {
    const entry = entries[rank];
    const where = (): string => `model.merges[${rank}]`;
    const idOf = (token: string, verb: 'names' | 'makes'): number =>
      ids.get(token) ?? missing(where(), verb, token);
    const [left, right] = mergedPair(entry, where);
    pairs[rank * 2] = idOf(left, 'names');
    pairs[rank * 2 + 1] = idOf(right, 'names');
    results[rank] = idOf(left + right, 'makes');
  }
  return { pairs, results };
}

function mergedPair(entry: unknown, where: () => string): readonly [left: string, right: string] {
  if (typeof entry === 'string') {
    const space = entry.indexOf(' ');
    if (space >= 0 && entry.indexOf(' ', space + 1) < 0)
      return [entry.slice(0, space), entry.slice(space + 1)];
    throw invalidFile(file, where(), 'must hold two tokens.');
  }
  const parts = arrayAt(file, where(), entry);
  if (parts.length !== 2) throw invalidFile(file, where(), 'must hold two tokens.');
  return [stringAt(file, where(), parts[0]), stringAt(file, where(), parts[1])];
}

function missing(where: string, verb: 'names' | 'makes', token: string): never {
  throw invalidFile(file, where, `${verb} ${JSON.stringify(token)}, which is not in model.vocab.`);
}
