/** Reads Hugging Face's `tokenizer.json` of a byte-level BPE. What it cannot do exactly it refuses by name. */
import { LlmError } from '@llm/core';
import { BpeTokenizer } from '../bpe-tokenizer.js';
import type { MergeList } from '../encode/merge-list.js';
import { tokenBytesOf } from '../encode/token-bytes.js';
import { alphabetToBytes } from '../pretokenize/byte-alphabet.js';
import { gpt2 } from '../pretokenize/patterns.js';
import { createPreTokenizer, type PreTokenizer } from '../pretokenize/pre-tokenizer.js';
import {
  arrayAt,
  idAt,
  invalidFile,
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  stringAt,
} from './json-reading.js';

const file = 'tokenizer.json';

/** Throws `tokenizer/file-invalid` for a broken file and `tokenizer/model-unsupported` for what is no byte-level BPE. */
export function fromTokenizerJson(text: string): BpeTokenizer {
  const root = objectAt(file, 'the file', parseJson(file, text));
  const model = objectAt(file, 'model', root.model);
  const type = model.type ?? (Array.isArray(model.merges) ? 'BPE' : 'unknown');
  if (type !== 'BPE') throw unsupported(`the model type "${String(type)}"`);
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    if (model[key] !== null && model[key] !== undefined && model[key] !== '')
      throw unsupported(`model.${key}`);
  }
  if (root.normalizer !== null && root.normalizer !== undefined) throw unsupported('a normalizer');
  const preTokenizer = readPreTokenizer(root.pre_tokenizer);
  const specialTokens = readAddedTokens(root.added_tokens);
  const { tokens, ids } = readVocabulary(model, specialTokens);
  const merges = readMerges(model, ids);
  return new BpeTokenizer({
    preTokenizer,
    tokens: tokenBytesOf(tokens),
    merges,
    ...(model.ignore_merges === true ? { ignoreMerges: true } : {}),
    addedTokens: [...specialTokens].map(([content, id]) => ({ content, id })),
  });
}

function readAddedTokens(value: unknown): Map<string, number> {
  const tokens = new Map<string, number>();
  const ids = new Set<number>();
  for (const [index, entry] of arrayAt(file, 'added_tokens', value ?? []).entries()) {
    const where = `added_tokens[${index}]`;
    const token = objectAt(file, where, entry);
    const content = stringAt(file, `${where}.content`, token.content);
    const id = idAt(file, `${where}.id`, token.id);
    if (content === '') throw invalidFile(file, `${where}.content`, 'is empty.');
    if (tokens.has(content)) throw invalidFile(file, where, `repeats "${content}".`);
    if (ids.has(id)) throw invalidFile(file, where, `repeats the id ${id}.`);
    ids.add(id);
    tokens.set(content, id);
  }
  return tokens;
}

function readVocabulary(
  model: JsonObject,
  specialTokens: ReadonlyMap<string, number>,
): { tokens: (Uint8Array | undefined)[]; ids: Map<string, number> } {
  const ids = new Map<string, number>();
  const tokens: (Uint8Array | undefined)[] = [];
  for (const [text, value] of Object.entries(objectAt(file, 'model.vocab', model.vocab))) {
    const where = `model.vocab[${JSON.stringify(text)}]`;
    const id = idAt(file, where, value);
    if (specialTokens.get(text) === id) continue;
    const bytes = alphabetToBytes(text);
    if (bytes === undefined || bytes.length === 0)
      throw invalidFile(file, where, 'is not made of byte-level characters.');
    if (tokens[id] !== undefined) throw invalidFile(file, where, `repeats the id ${id}.`);
    ids.set(text, id);
    tokens[id] = bytes;
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
    const [left, right] = parts.map((part) => stringAt(file, where, part)) as [string, string];
    for (const [offset, token] of [left, right].entries()) {
      const id = ids.get(token);
      if (id === undefined) throw invalidFile(file, where, `names "${token}", which is not in model.vocab.`);
      pairs[rank * 2 + offset] = id;
    }
    const result = ids.get(left + right);
    if (result === undefined)
      throw invalidFile(file, where, `makes "${left}${right}", which is not in model.vocab.`);
    results[rank] = result;
  }
  return { pairs, results };
}

function readPreTokenizer(value: unknown): PreTokenizer {
  const steps =
    isObject(value) && value.type === 'Sequence'
      ? arrayAt(file, 'pre_tokenizer.pretokenizers', value.pretokenizers)
      : [value];
  const last = steps.at(-1);
  if (!isObject(last) || last.type !== 'ByteLevel')
    throw unsupported('a pre_tokenizer without ByteLevel at its end');
  if (last.add_prefix_space === true) throw unsupported('add_prefix_space');
  if (steps.length === 1 && last.use_regex !== false) return createPreTokenizer(gpt2);
  const split = steps[0];
  if (steps.length !== 2 || last.use_regex !== false || !isObject(split) || split.type !== 'Split') {
    throw unsupported('this sequence of pre-tokenizers');
  }
  if (split.behavior !== 'Isolated' || split.invert === true)
    throw unsupported('a Split that is not "Isolated"');
  const pattern = objectAt(file, 'pre_tokenizer.pretokenizers[0].pattern', split.pattern);
  return createPreTokenizer({
    source: stringAt(file, 'pre_tokenizer.pretokenizers[0].pattern.Regex', pattern.Regex),
  });
}

function unsupported(what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `${file} has ${what}, which this package does not encode; it reads byte-level BPE.`,
    details: { what },
  });
}
