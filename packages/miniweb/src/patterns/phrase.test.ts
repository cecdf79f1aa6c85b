import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { capitalize, phrase, sentence } from './phrase.js';

const random = createRandom(1, 'phrase-test');
const drawn = (pattern: string, slots = {}): string[] =>
  [...new Set(Array.from({ length: 200 }, () => phrase(pattern, slots, random)))].sort();

describe('phrase', () => {
  test('a choice gives each of its options, empty ones and nested ones too', () => {
    expect(drawn('a{|b|{c|d}e}f')).toEqual(['abf', 'acef', 'adef', 'af']);
  });

  test('slots end where letters end, and are filled inside choices', () => {
    expect(drawn("{$one|$two}'s $onetwo.", { one: '1', two: '2', onetwo: '3' })).toEqual([
      "1's 3.",
      "2's 3.",
    ]);
  });

  test('a pattern without choices draws nothing', () => {
    const [used, unused] = [createRandom(2), createRandom(2)];
    phrase('It is $what.', { what: 'so' }, used);
    expect(used.uint32()).toBe(unused.uint32());
  });

  test('an unknown slot is an error that names the slots there are', () => {
    expect(() => phrase('In $sky', { town: 'x', river: 'y' }, random)).toThrowError(
      expect.objectContaining({
        code: 'miniweb/unknown-slot',
        message: expect.stringContaining('town, river'),
      }) as Error,
    );
  });
});

test('sentence: "a" becomes "an" before a vowel, spaces are mended, the first letter is a capital', () => {
  expect(sentence('$s saw a $thing , a  apple: a hen.', { s: 'she', thing: 'old lamp' }, random)).toBe(
    'She saw an old lamp, an apple: a hen.',
  );
  expect(capitalize('“école')).toBe('“École');
});
