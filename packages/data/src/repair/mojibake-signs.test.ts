import { createRandom } from '@llm/core';
import { expect, it } from 'vitest';
import { looksLikeMojibake, mojibake, signsIn } from './mojibake-signs.js';

it('misses no sign in a quick look', () => {
  // All characters of the signs, and some of none.
  const characters = [
    ...new Set(
      mojibake.source.replace(/\\x[\da-f]{2}|\\u[\da-f]{4}/g, (code) => {
        return String.fromCharCode(Number.parseInt(code.slice(2), 16));
      }),
    ),
  ].filter((character) => character > '\x7f');
  for (const [first, last] of [
    ['\x80', '\x9f'],
    ['À', 'ÿ'],
    ['Α', 'ω'],
    ['Ё', 'џ'],
    ['═', '▓'],
    ['±', '³'],
    ['‘', '”'],
  ])
    for (let code = first!.charCodeAt(0); code <= last!.charCodeAt(0); code++)
      characters.push(String.fromCharCode(code));
  const alphabet = [...characters, ...' aZ0.漢ﬁ\n', ...'  aaeo,'];
  const random = createRandom(3, 'signs');
  let found = 0;
  for (let times = 0; times < 40_000; times++) {
    const text = Array.from(
      { length: 2 + (times % 4) },
      () => alphabet[random.uint32() % alphabet.length]!,
    ).join('');
    if (!mojibake.test(text)) continue;
    found++;
    expect(looksLikeMojibake(text), JSON.stringify(text)).toBe(true);
  }
  expect(found).toBeGreaterThan(4000);
});

it.each([
  ['“A – b”, l’été: “ça”…', 0],
  ['Привет, мир! 你好 한국어 ελληνικά', 0],
  ['😀 a', 0],
  ['a\ud83d', 2],
  ['\udc00a', 2],
  ['a\0', 2],
  ['naÃ¯ve', 1],
  ['a\x85', 1],
])('finds in %j %i', (text, found) => {
  expect(signsIn(text)).toBe(found);
});
