import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { paddedView, tokenBytesOf } from '../vocabulary/token-bytes.js';
import { TokenTable } from './token-table.js';
import { TokenTrie } from './token-trie.js';

const random = createRandom(3, 'trie');
const word = (letters: number): Uint8Array =>
  Uint8Array.from({ length: 1 + random.integer(7) }, () => random.integer(letters));
const words = new Map<string, Uint8Array>();
for (const letters of [3, 40, 256])
  for (let i = 0; i < 4000; i++) {
    const token = word(letters);
    words.set(token.join(), token);
  }
/** Some ids are unused. */
const list = [...words.values()].flatMap((token, i) => (i % 50 === 0 ? [undefined, token] : [token]));
const tokens = tokenBytesOf(list);
const idOf = new Map(list.map((token, id) => [token?.join() ?? '', id]));

test('the longest token at every place of a text, as trying all lengths finds it', () => {
  const trie = new TokenTrie(tokens);
  for (let run = 0; run < 300; run++) {
    const text = Uint8Array.from({ length: 30 }, () => random.integer(random.pick([3, 40, 256])));
    const view = paddedView(text);
    for (let start = 0; start <= text.length; start++) {
      const end = Math.min(text.length, start + random.integer(12));
      let expected = -1;
      for (let length = 1; start + length <= end; length++)
        expected = idOf.get(text.subarray(start, start + length).join()) ?? expected;
      expect(trie.longest(view, start, end)).toBe(expected);
    }
  }
});

test('the table finds every token and no other', () => {
  const table = new TokenTable(tokens);
  for (const letters of [3, 40, 256])
    for (let i = 0; i < 2000; i++) {
      const token = word(letters);
      expect(table.find(paddedView(token), 0, token.length)).toBe(idOf.get(token.join()) ?? -1);
    }
});

test('of two ids with the same bytes the smaller is found', () => {
  const twice = tokenBytesOf([Uint8Array.of(7), Uint8Array.of(1, 2), Uint8Array.of(1, 2)]);
  const view = paddedView(Uint8Array.of(1, 2));
  expect(new TokenTrie(twice).longest(view, 0, 2)).toBe(1);
  expect(new TokenTable(twice).find(view, 0, 2)).toBe(1);
});
