import type { LanguageModel, ScoreBatch } from '@llm/core';
import { ByteTokenizer, NgramModel } from '@llm/core/testing';
import { expect, test } from 'vitest';
import { bitsPerByte, scoreDocuments } from './bits-per-byte.js';

const tokenizer = new ByteTokenizer();

test('a uniform model over 257 ids needs log2(257) bits for every byte', async () => {
  const model = new NgramModel(tokenizer.vocabularySize, 8);
  const value = await bitsPerByte(model, tokenizer, ['hello', 'a much longer document, naïve', '']);
  expect(value).toBeCloseTo(Math.log2(257), 4);
});

test('each token is scored once after the token before it, and bytes are those of the text', async () => {
  const pairs: string[] = [];
  const model: LanguageModel = Object.assign(new NgramModel(tokenizer.vocabularySize), {
    logProbabilities: async ({ inputs, targets }: ScoreBatch) => {
      for (const [i, target] of targets.entries()) if (target !== 256) pairs.push(`${inputs[i]}>${target}`);
      return new Float32Array(inputs.length).fill(-1);
    },
  });
  const documents = ['abcdefg', 'x'].map((text) => tokenizer.encode(text));
  expect(await scoreDocuments(model, tokenizer, documents, { rows: 2, columns: 3 })).toEqual({
    nats: 8,
    bytes: 8,
    tokens: 8,
  });
  expect(pairs.sort()).toEqual(
    ['256>97', '97>98', '98>99', '99>100', '100>101', '101>102', '102>103', '256>120'].sort(),
  );
});

test('no text is a typed error', async () => {
  await expect(bitsPerByte(new NgramModel(257), tokenizer, [''])).rejects.toMatchObject({
    code: 'model/nothing-to-score',
  });
});
