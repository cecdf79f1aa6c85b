import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { splitByRegExp } from './pre-tokenizer.js';
import { translatePattern } from './translate-pattern.js';

const split = (source: string, text: string): string[] => {
  const pieces: string[] = [];
  splitByRegExp(translatePattern(source), text, (start, end) => pieces.push(text.slice(start, end)));
  return pieces;
};

test.each<[string, string, string[]]>([
  ['\\s+', 'a\u0085b\ufeffc', ['a', '\u0085', 'b\ufeffc']],
  ["(?i:'s|k)", "x'Sy'ſzK", ['x', "'S", 'y', "'ſ", 'z', 'K']],
  ['a++a|b', 'aaab', ['aaa', 'b']],
  ['a+a', 'aaab', ['aaa', 'b']],
  ['(?>a|ab)c|ab', 'abc', ['ab', 'c']],
  ['\\p{Han}+', '漢字kana', ['漢字', 'kana']],
  ['\\p{N}{1,2}', '12345', ['12', '34', '5']],
  ['[^\\r\\n/]+|/', 'a/b', ['a', '/', 'b']],
  ['\\x{1F44D}|\\u0041', 'A👍b', ['A', '👍', 'b']],
  ['[-a-c]+', 'a-bd', ['a-b', 'd']],
])('%s on %j', (source, text, expected) => {
  expect(split(source, text)).toEqual(expected);
});

test.each(['(', 'a)', '[a', '*a', '\\Q', '\\p{Nothing}', '[a&&b]', '(?<name>a)', '(?i:[a-z])'])(
  '%s is refused',
  (source) => {
    let code = '';
    try {
      translatePattern(source);
    } catch (error) {
      code = LlmError.isInstance(error) ? error.code : 'untyped';
    }
    expect(code).toBe('tokenizer/pattern-unsupported');
  },
);

test.each(['(a+)+', '(?:a*b?)*', '((ab)+c)*', '(a{2,})+'])('%s is refused as unsafe', (source) => {
  expect(() => translatePattern(source)).toThrow('exponential');
});
