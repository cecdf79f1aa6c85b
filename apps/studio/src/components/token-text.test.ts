import { expect, test } from 'vitest';
import { bytesText, tokenText } from './token-text.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('white space is seen, and left alone where it is not wanted', () => {
  expect(tokenText(bytes(' a\tb\n'))).toBe('·a⇥b⏎');
  expect(tokenText(bytes(' a\tb\n'), false)).toBe(' a\tb⏎');
});

test('half a character is its bytes', () => {
  expect(tokenText(Uint8Array.of(0xe2, 0x82))).toBe('\\xE2\\x82');
  expect(tokenText(bytes('€'))).toBe('€');
  expect(bytesText(bytes('€'))).toBe('E2 82 AC');
});

test('what turns the direction of text or shows nothing is said by its number', () => {
  expect(tokenText(bytes('\u202Eabc\u0000\u200B'))).toBe('\\u{202e}abc\\u{0}\\u{200b}');
  expect(tokenText(new Uint8Array())).toBe('∅');
});
