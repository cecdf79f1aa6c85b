/** The recorded cases in the package gpt-tokenizer (`data/TestPlans.txt`): encoding, text, ids. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { loadEncoding } from './load-encoding.js';
import type { EncodingName } from './named-encodings.js';

const main = createRequire(import.meta.url).resolve('gpt-tokenizer');
const root = main.slice(0, main.lastIndexOf('gpt-tokenizer') + 'gpt-tokenizer'.length);
const cases = [
  ...readFileSync(`${root}/data/TestPlans.txt`, 'utf8')
    .replaceAll('\r\n', '\n')
    .matchAll(/EncodingName: (\S+)\nSample: (.*)\nEncoded: (\[.*\])/g),
].map(([, name, text, ids]) => ({
  name: name as EncodingName,
  text: text!,
  ids: JSON.parse(ids!) as number[],
}));

test('there are 313 cases of five encodings', () => {
  expect(cases.length).toBe(313);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(5);
});

test.each([...new Set(cases.map(({ name }) => name))])(
  '%s: every text gives the recorded ids',
  async (name) => {
    const tokenizer = await loadEncoding(name);
    for (const { text, ids } of cases.filter((entry) => entry.name === name)) {
      expect([...tokenizer.encode(text)], text).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  },
);
