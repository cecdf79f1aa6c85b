/** The scanners against the regular expressions they stand for: the splits must be the same. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { createRandom } from '@llm/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from '../oniguruma/compile-pattern.js';
import { findPattern, type Pattern, patterns } from './patterns.js';
import { type SplitText, splitText } from './split-text.js';

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function scan(pattern: Pattern, text: string): string[] {
  const bytes = utf8.encode(text);
  // Followed by letters that do not belong to the text.
  const padded = Uint8Array.of(...bytes, 97, 97, 97, 97);
  const view = new DataView(padded.buffer);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = pattern.scanner(view, start, bytes.length);
    pieces.push(fromUtf8.decode(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}

/** Lone surrogates replaced, as encoding to UTF-8 does. */
function wellFormed(value: string): string {
  return fromUtf8.decode(utf8.encode(value));
}

function splitOracle(split: SplitText, text: string): string[] {
  const pieces: string[] = [];
  split(text, (start, end) => pieces.push(text.slice(start, end)));
  return pieces;
}

const alphabet = [
  ..."a,Z,s,S,ſ,t,l,L,v,e,E,r,',', ,  ,\t,\n,\r,\r\n,/,1,2,9,Ⅷ,½,é,É,ǅ,ʰ,中,ا,क,ि,\u0301,\u0085,\ufeff,\u00a0,\u3000,!,.,<|,👍,𝐀,𝐚,𝟏,𠀀,_".split(
    ',',
  ),
  ',',
  "'re",
  "'LL",
  "'ſ",
];
const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 14 }).map((parts) => parts.join(''));

describe.each(Object.values(patterns))('$name', (pattern) => {
  const oracle = splitText(compilePattern(pattern.source), 'Isolated', false);

  test('splits as its regular expression does, on strings of awkward characters', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(scan(pattern, value)).toEqual(splitOracle(oracle, value));
      }),
      { numRuns: 3000, seed: 4 },
    );
  });

  test('splits as its regular expression does, on any Unicode', () => {
    const random = createRandom(5, pattern.name);
    for (let run = 0; run < 1500; run++) {
      const codePoints = Array.from({ length: 12 }, () =>
        random.integer(random.pick([0x80, 0x3000, 0x110000])),
      );
      const value = wellFormed(String.fromCodePoint(...codePoints));
      expect(scan(pattern, value)).toEqual(splitOracle(oracle, value));
    }
  });

  test('is found by its own text and by its possessive spelling', () => {
    expect(findPattern(pattern.source)?.scanner).toBe(pattern.scanner);
  });
});

const udhr = sharedDataPath('lang-udhr/udhr.jsonl.gz');
describe.skipIf(udhr === undefined)('every form of the Declaration of Human Rights', () => {
  const lines = udhr === undefined ? [] : gunzipSync(readFileSync(udhr)).toString().trim().split('\n');
  const texts = lines
    .map((line) => (JSON.parse(line) as { text: string }).text.slice(0, 600))
    .map(wellFormed);
  test.each([patterns.gpt2, patterns.cl100k, patterns.o200k])('$name', (pattern) => {
    const oracle = splitText(compilePattern(pattern.source), 'Isolated', false);
    expect(texts.length).toBeGreaterThan(500);
    for (const value of texts) expect(scan(pattern, value)).toEqual(splitOracle(oracle, value));
  });
});

test('published spellings get a scanner', () => {
  const tiktoken =
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s*[\\r\\n]|\\s+(?!\\S)|\\s";
  expect(findPattern(tiktoken)?.name).toBe('cl100k');
  const qwen =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  expect(findPattern(qwen)?.name).toBe('singleDigits');
});
