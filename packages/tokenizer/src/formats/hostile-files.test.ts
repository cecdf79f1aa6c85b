/** Files that would take all time or memory end in a typed error, or are read. */
import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

const good = JSON.parse(
  toTokenizerJson(await trainTokenizer(['the theatre'], { vocabularySize: 260 })),
) as Record<string, unknown>;
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
const resultOf = (change: Record<string, unknown>): string => {
  try {
    const tokenizer = fromTokenizerJson(JSON.stringify({ ...good, ...change }));
    return tokenizer.decode(tokenizer.encode('aaaa the', { allowSpecial: true }));
  } catch (error) {
    return LlmError.isInstance(error) ? error.code : String(error);
  }
};
const repeated = (count: number, step: unknown): unknown[] => Array.from({ length: count }, () => step);
const nested = (key: string, inner: unknown, depth: number): unknown => {
  let value = inner;
  for (let i = 0; i < depth; i++) value = { type: 'Sequence', [key]: [value] };
  return value;
};
const double = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
const split = { type: 'Split', pattern: { String: 'x' }, behavior: 'Isolated', invert: false };

test.each<[string, Record<string, unknown>, string]>([
  [
    'a text doubled 32 times',
    { normalizer: { type: 'Sequence', normalizers: repeated(32, double) } },
    'tokenizer/file-invalid',
  ],
  [
    'a text doubled twice',
    { normalizer: { type: 'Sequence', normalizers: repeated(2, double) } },
    `${'a'.repeat(16)} the`,
  ],
  [
    '2000 normalizers inside each other',
    { normalizer: nested('normalizers', { type: 'NFC' }, 2000) },
    'tokenizer/file-invalid',
  ],
  [
    '50,000 splits',
    { pre_tokenizer: { type: 'Sequence', pretokenizers: [...repeated(50_000, split), byteLevel] } },
    'tokenizer/file-invalid',
  ],
  [
    'a hundred splits',
    { pre_tokenizer: { type: 'Sequence', pretokenizers: [...repeated(100, split), byteLevel] } },
    'aaaa the',
  ],
  [
    'an added token of 65,536 characters',
    { added_tokens: [{ id: 260, content: 'a'.repeat(65_536) }] },
    'aaaa the',
  ],
  ['one of 65,537', { added_tokens: [{ id: 260, content: 'a'.repeat(65_537) }] }, 'tokenizer/file-invalid'],
])('%s', (_, change, expected) => {
  expect(resultOf(change)).toBe(expected);
});

test('long added tokens that nearly match everywhere take linear time', () => {
  const added = [
    { id: 260, content: `${'a'.repeat(60_000)}b` },
    { id: 261, content: 'a' },
  ];
  const tokenizer = fromTokenizerJson(JSON.stringify({ ...good, added_tokens: added }));
  const started = performance.now();
  expect(tokenizer.countTokens('a'.repeat(200_000), { allowSpecial: true })).toBe(200_000);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('twenty thousand normalizers inside each other, as text', () => {
  const text = `${'{"type":"Sequence","normalizers":['.repeat(20_000)}{"type":"NFC"}${']}'.repeat(20_000)}`;
  const file = JSON.stringify({ ...good, normalizer: 'HERE' }).replace('"HERE"', text);
  let code = '';
  try {
    fromTokenizerJson(file);
  } catch (error) {
    code = LlmError.isInstance(error) ? error.code : String(error);
  }
  expect(code).toBe('tokenizer/file-invalid');
});
