import { describe, expect, it } from 'vitest';
import { english } from './english-words.js';

describe('english words', () => {
  // The first five from spaCy's documentation and its own tests (spacy/tests/lang/en).
  it.each([
    ["Let's go to N.Y.!", ['Let', "'s", 'go', 'to', 'N.Y.', '!']],
    [
      'Apple is looking at buying U.K. startup for $1 billion',
      ['Apple', 'is', 'looking', 'at', 'buying', 'U.K.', 'startup', 'for', '$', '1', 'billion'],
    ],
    ["I can't (really) do it.", ['I', 'ca', "n't", '(', 'really', ')', 'do', 'it', '.']],
    ['1,000,000 people', ['1,000,000', 'people']],
    ['well-known', ['well', '-', 'known']],
    ['see https://example.org/a?b=c.', ['see', 'https://example.org/a?b=c', '.']],
    ['  \n\t ', []],
    ['', []],
  ])('cuts %j', (text, words) => {
    expect(english.words(text)).toEqual(words);
  });

  it('loses no character but white space', () => {
    const text =
      "He said: “It’s 5km/h (or 3mph)… isn't it?” — e.g. at 10a.m., cost=$4.50/kg; a_b #tag @you 😀😀 x…y";
    expect(english.words(text).join('')).toBe(text.replace(/\s/g, ''));
  });

  // Each of them took minutes while every mark was looked for in all that was left.
  it.each(['=', '…', '😀', "'", '(', '$', '-=', 'a=', '..a='])(
    'takes a run of %s apart mark by mark',
    (piece) => {
      const run = piece.repeat(40_000);
      for (const text of [run, `a${run}`, `${run}a`, `1${run}km`]) {
        expect(english.words(text).join('')).toBe(text);
      }
    },
  );

  it('takes a run of dots for one mark', () => {
    expect(english.words(`well${'.'.repeat(100_000)}`).map(({ length }) => length)).toEqual([4, 100_000]);
  });
});
