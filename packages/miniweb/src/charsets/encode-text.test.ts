import { describe, expect, test } from 'vitest';
import { encodeText } from './encode-text.js';

describe('encodeText', () => {
  test.each([
    ['windows-1252', '“€” – café', [0x93, 0x80, 0x94, 0x20, 0x96, 0x20, 0x63, 0x61, 0x66, 0xe9]],
    ['iso-8859-2', 'Łódź ě', [0xa3, 0xf3, 0x64, 0xbc, 0x20, 0xec]],
    ['windows-1251', 'Ёж', [0xa8, 0xe6]],
    ['shift_jis', 'あ町。', [0x82, 0xa0, 0x92, 0xac, 0x81, 0x42]],
    ['utf-8', 'é', [0xc3, 0xa9]],
  ] as const)('%s has the bytes of its published table', (charset, text, bytes) => {
    expect([...encodeText(text, charset)]).toEqual(bytes);
  });

  test('a character outside the charset is an error with its code point', () => {
    expect(() => encodeText('町', 'windows-1252')).toThrow('U+753a');
  });
});
