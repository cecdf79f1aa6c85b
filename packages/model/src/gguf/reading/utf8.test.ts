import { expect, test } from 'vitest';
import { decodeText } from './utf8.js';

test('what TextDecoder makes of it, for right and wrong bytes', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const attempt = (decode: () => string): string => {
    try {
      return decode();
    } catch {
      return 'wrong';
    }
  };
  const bytes = new Uint8Array(3);
  for (const lead of [0x20, 0xc1, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0])
    for (let rest = 0; rest < 2 ** 16; rest += 37) {
      bytes.set([lead, rest >> 8, rest & 255]);
      const expected = attempt(() => decoder.decode(bytes));
      if (attempt(() => decodeText(bytes, 0, 3)) !== expected) expect([...bytes]).toEqual(expected);
    }
  for (const text of ['', '\ufeff', 'Ġthe', '▁Привет', '👩‍👩‍👧', 'ﷺ', '\ufffd', 'a'.repeat(100)])
    expect(
      decodeText(new TextEncoder().encode(`x${text}y`), 1, 1 + new TextEncoder().encode(text).length),
    ).toBe(text);
});
