import { describe, expect, it } from 'vitest';
import { decodeText, resolveLabel } from '../../charset/decode-text.js';
import { detectCharset } from './detect-charset.js';

/** Article 1 of the Universal Declaration of Human Rights. */
const articles: [string, string][] = [
  [
    'windows-1251',
    'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  ],
  [
    'koi8-r',
    'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  ],
  [
    'shift_jis',
    'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。',
  ],
  [
    'euc-kr',
    '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.',
  ],
];

/** Encodes by the decoder's own table, which is the one of the Encoding Standard. */
function encode(text: string, charset: string): Uint8Array {
  const decoder = new TextDecoder(charset);
  const table = new Map<string, number[]>();
  for (let lead = 0xff; lead >= 0; lead--) {
    for (let trail = 0xfe; lead >= 0x81 && trail >= 0x40; trail--) {
      const pair = decoder.decode(Uint8Array.of(lead, trail));
      if (pair.length === 1 && pair !== '\ufffd') table.set(pair, [lead, trail]);
    }
    const single = decoder.decode(Uint8Array.of(lead));
    if (single.length === 1 && single !== '\ufffd') table.set(single, [lead]);
  }
  return Uint8Array.from(
    [...text].flatMap(
      (character) => table.get(character) ?? expect.fail(`${character} is not in ${charset}`),
    ),
  );
}

describe('detectCharset', () => {
  it.each(articles)('recognizes %s', (charset, text) => {
    const bytes = encode(text.repeat(3), charset);
    expect(resolveLabel(detectCharset(bytes))).toBe(charset);
    expect(decodeText(bytes, { detect: detectCharset })).toEqual({ text: text.repeat(3), charset });
  });

  it('recognizes western text', () => {
    const text =
      'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.';
    expect(decodeText(Buffer.from(text, 'latin1'), { detect: detectCharset })).toEqual({
      text,
      charset: 'windows-1252',
    });
  });
});
