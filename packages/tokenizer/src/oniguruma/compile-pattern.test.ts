import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { splitText } from '../pretokenize/split-text.js';
import { compilePattern } from './compile-pattern.js';

// Slow: hostile patterns run over long texts

const split = (source: string, text: string): string[] => {
  const pieces: string[] = [];
  splitText(
    compilePattern(source),
    'Isolated',
    false,
  )(text, (start, end) => pieces.push(text.slice(start, end)));
  return pieces;
};

test.each<[string, string, string[]]>([
  ['\\s+', 'a\u0085b\ufeffc', ['a', '\u0085', 'b\ufeffc']],
  ["(?i:'s|k)", "x'Sy'ſzK", ['x', "'S", 'y', "'ſ", 'z', 'K']],
  ['a++a|b', 'aaab', ['aaa', 'b']],
  ['(?>a|ab)c|ab', 'abc', ['ab', 'c']],
  ['\\p{Han}+', '漢字kana', ['漢字', 'kana']],
  ['\\x{1F44D}|\\u0041', 'A👍b', ['A', '👍', 'b']],
  ['[-a-c]+', 'a-bd', ['a-b', 'd']],
  ['[a&&b]', 'ab', ['ab']],
  // RE.txt of Oniguruma: ^ and $ are the ends of lines, the dot leaves out only LF, (?i) goes on to the end
  // of the group.
  ['^a|b$', 'ab\nab', ['a', 'b', '\n', 'a', 'b']],
  ['a.b', 'a\rb', ['a\rb']],
  ['a(?i)b|c', 'aBaCc', ['aB', 'aC', 'c']],
  ['(?i:straße)', 'xSTRASSEy', ['x', 'STRASSE', 'y']],
  // SuperBPE: digits in threes from the right.
  ['(?=(?:\\d{3})+(?!\\d))', '1234567', ['1', '234', '567']],
  // U+1E943 is a letter of Unicode 9, U+16EA0 one of Unicode 17.
  ['\\p{L}', '\u{1e943}\u{16ea0}\u{16ea1}', ['\u{1e943}', '\u{16ea0}\u{16ea1}']],
])('%s on %j', (source, text, expected) => {
  expect(split(source, text)).toEqual(expected);
});

test.each([
  '(',
  'a)',
  '[a',
  '*a',
  '\\Q\\G',
  '\\p{Nothing}',
  '(a)\\1',
  '[b-a]',
  '(?~a)',
  '(?<=a++)b',
  `${'('.repeat(5000)}a${')'.repeat(5000)}`,
  `a${'*'.repeat(15_000)}`,
  'a'.repeat(30_000),
  '['.repeat(10_000),
])('%s is refused', (source) => {
  let code = '';
  try {
    compilePattern(source);
  } catch (error) {
    code = LlmError.isInstance(error) ? error.code : String(error);
  }
  expect(code).toBe('tokenizer/pattern-unsupported');
});

test('a pattern of very many repetitions is refused', () => {
  expect(() => compilePattern('(?:(?:a{1000}){1000}){1000}')).toThrow('written out');
});

// A backtracking engine takes exponential or quadratic time, hours on these texts.
test.each([
  ['(?:a|a)*b', 'a'],
  ['(?:a|aa)+$', 'ab'],
  ['(?:\\w|\\d)*!', 'a1'],
  ['a*a*a*a*b', 'a'],
  ['(a+)+$', 'ab'],
  ['(?:(?:a*)*)*b', 'a'],
  ['(?:(?=(?:a|a)*c)a|a)*b', 'a'],
  ['(?=a*b|a*)a', 'a'],
  ['(?>(?:a|aa)+)b', 'a'],
  ['(?<=(?:a|aa)*b)a', 'a'],
  ['(?!.*b)a', 'a'],
  ['a++b', 'a'],
])('%s takes linear time', (source, unit) => {
  const text = unit.repeat(60_000);
  const started = performance.now();
  expect(split(source, text).join('').length).toBe(text.length);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('what takes too long all the same is an error and not a wait', () => {
  expect(() => split('(?:a{0,50}){0,50}b', 'a'.repeat(50_000))).toThrow('too many steps');
});
