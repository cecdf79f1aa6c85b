import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readWordPiece } from './word-piece.js';

// Written by tooling/oracles/data/edu_classifier.py with transformers' BertTokenizerFast.
const { texts, ids, tokenizer } = JSON.parse(
  readFileSync(new URL('./fixtures/edu-classifier.json', import.meta.url), 'utf8'),
) as {
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  readonly tokenizer: object;
};

test.each(texts.map((text, at) => [text.slice(0, 40), text, ids[at]!] as const))(
  'the ids of BertTokenizerFast: %j',
  (_, text, expected) => {
    expect(readWordPiece(JSON.stringify(tokenizer)).encode(text, 512)).toEqual(expected);
  },
);

test('no longer than asked for, the template included', () => {
  const encoder = readWordPiece(JSON.stringify(tokenizer));
  expect(encoder.encode(texts[0]!, 8)).toEqual([...ids[0]!.slice(0, 7), ids[0]!.at(-1)]);
  expect(encoder.encode(texts[0]!, 2)).toEqual([ids[0]![0], ids[0]!.at(-1)]);
});

test('other tokenizers are refused', () => {
  expect(() => readWordPiece('{')).toThrow(/no JSON/);
  const changed = (change: object) => () => readWordPiece(JSON.stringify({ ...tokenizer, ...change }));
  expect(changed({ model: { type: 'BPE' } })).toThrow(/BPE, not WordPiece/);
  expect(changed({ normalizer: null })).toThrow(/BertNormalizer/);
  expect(changed({ post_processor: null })).toThrow(/no template/);
});
