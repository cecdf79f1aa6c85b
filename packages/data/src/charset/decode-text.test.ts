import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.js';
import { encodeLegacy } from './fixtures/encode-legacy.js';

const raw = (...values: number[]): Uint8Array => new Uint8Array(values);
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];

describe('decodeText', () => {
  it('trusts a byte order mark before everything else and takes it off', () => {
    expect(decodeText(raw(0xef, 0xbb, 0xbf, 0xc3, 0xa9), { httpCharset: 'iso-8859-1' })).toEqual({
      text: 'é',
      charset: 'utf-8',
    });
    expect(decodeText(raw(0xff, 0xfe, 0x41, 0x00, 0xac, 0x20))).toEqual({ text: 'A€', charset: 'utf-16le' });
    expect(decodeText(raw(0xfe, 0xff, 0x00, 0x41, 0x20, 0xac))).toEqual({ text: 'A€', charset: 'utf-16be' });
  });

  it('takes the HTTP header before the meta element', () => {
    // 0xE9 is é in windows-1252 and щ in windows-1251.
    const page = raw(...ascii('<meta charset="windows-1251">'), 0xe9);
    expect(decodeText(page, { httpCharset: 'iso-8859-1' })?.text.at(-1)).toBe('é');
    expect(decodeText(page)).toMatchObject({ charset: 'windows-1251' });
    expect(decodeText(page)?.text.at(-1)).toBe('й');
  });

  it('falls back to the meta element when nobody knows the name in the header', () => {
    const page = raw(...ascii('<meta charset="koi8-r">'), 0xc1);
    expect(decodeText(page, { httpCharset: 'no-such-charset' })).toMatchObject({ charset: 'koi8-r' });
    expect(decodeText(page)?.text.at(-1)).toBe('а');
  });

  it('reads valid UTF-8 as UTF-8 whatever is declared', () => {
    expect(decodeText(raw(0xc3, 0xa9, 0xe2, 0x82, 0xac), { httpCharset: 'iso-8859-1' })).toEqual({
      text: 'é€',
      charset: 'utf-8',
    });
    expect(decodeText(raw(...ascii('only ascii')), { httpCharset: 'shift_jis' })?.text).toBe('only ascii');
  });

  it('asks the detector only for undeclared bytes that are not UTF-8', () => {
    let asked = 0;
    const detect = (): string => {
      asked++;
      return 'KOI8-R';
    };
    expect(decodeText(raw(0xc3, 0xa9), { detect })?.charset).toBe('utf-8');
    expect(decodeText(raw(0xe9), { detect, httpCharset: 'latin1' })?.text).toBe('é');
    expect(asked).toBe(0);
    expect(decodeText(raw(0xc1, 0xff), { detect })).toEqual({ text: 'аЪ', charset: 'koi8-r' });
    expect(asked).toBe(1);
  });

  it('takes a declaration that nobody knows for none', () => {
    expect(decodeText(raw(0xe9, 0x20), { httpCharset: 'klingon' })).toBeUndefined();
    expect(decodeText(raw(0xe9, 0x20), { httpCharset: 'klingon', detect: () => 'latin1' })?.text).toBe('é ');
    expect(decodeText(raw(0xe9, 0x20))).toBeUndefined();
    expect(decodeText(raw(0xe9, 0x20), { detect: () => undefined })).toBeUndefined();
  });

  it('goes on to meta and detector when the bytes are no UTF-8 for all the header says', () => {
    const text = '<meta charset="windows-1251"><p>Старая гавань города была построена из камней.</p>';
    const bytes = encodeLegacy(text, 'windows-1251');
    expect(decodeText(bytes, { httpCharset: 'utf-8' })).toEqual({ text, charset: 'windows-1251' });
    const other = encodeLegacy(text.replace('windows-1251', 'utf-8'), 'windows-1251');
    expect(decodeText(other, { httpCharset: 'utf-8', detect: () => 'cp1251' })?.charset).toBe('windows-1251');
    // Nobody can say more: what can be read is kept, what cannot is not made up.
    expect(
      decodeText(raw(...ascii('A caf'), 0xe9, ...ascii(' by the sea')), { httpCharset: 'utf-8' })?.text,
    ).toBe('A caf\ufffd by the sea');
    expect(decodeText(other, { httpCharset: 'utf-8' })).toBeUndefined();
  });

  it('goes on when what comes out is full of holes', () => {
    const text = 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。';
    const bytes = encodeLegacy(text, 'euc-jp');
    expect(decodeText(bytes, { httpCharset: 'shift_jis', detect: () => 'euc-jp' })?.text).toBe(text);
  });

  it('lets the detector settle a header that says Latin-1 and a meta element that does not', () => {
    const text = '<meta charset="iso-8859-2"><p>Żółta łódź płynie do portu, mówią rybacy.</p>';
    const bytes = encodeLegacy(text, 'iso-8859-2');
    for (const guess of ['windows-1250', 'iso-8859-2'])
      expect(decodeText(bytes, { httpCharset: 'iso-8859-1', detect: () => guess })?.text).toBe(text);
    expect(decodeText(bytes, { httpCharset: 'iso-8859-1', detect: () => 'windows-1252' })?.charset).toBe(
      'windows-1252',
    );
    expect(decodeText(bytes, { httpCharset: 'iso-8859-1' })?.charset).toBe('windows-1252');
  });

  it('reads UTF-8 with a stray byte, or cut inside a character, as UTF-8', () => {
    const whole = Buffer.from('The captain’s café – “the old one” – doesn’t close.');
    for (const httpCharset of ['iso-8859-1', 'windows-1251', undefined]) {
      for (let cut = 1; cut <= 2; cut++) {
        const bytes = Buffer.concat([whole, Buffer.from('…').subarray(0, cut)]);
        expect(decodeText(bytes, { httpCharset })?.text).toMatch(/^The captain’s café .* close\.\ufffd$/);
      }
      const stray = Buffer.concat([whole, raw(0xe9), whole]);
      expect(decodeText(stray, { httpCharset, detect: () => 'windows-1252' })?.charset).toBe('utf-8');
    }
    // Ã and © side by side are Latin-1 when the rest of it is.
    const latin = raw(
      ...ascii('d'),
      0xe9,
      ...ascii('j'),
      0xe0,
      ...ascii(' vu, tr'),
      0xe8,
      ...ascii('s b'),
      0xea,
      ...ascii('te '),
      0xc3,
      0xa9,
    );
    expect(decodeText(latin, { httpCharset: 'latin1' })?.text).toBe('déjà vu, très bête Ã©');
  });

  it('reads UTF-16 without a mark, declared or not', () => {
    const page = '<html><body><p>Старая гавань города была построена из камней. 港口。</p></body></html>';
    for (const charset of ['utf-16le', 'utf-16be'])
      for (const httpCharset of [charset, 'utf-16', 'utf-8', 'iso-8859-1', undefined])
        expect(decodeText(encodeLegacy(page, charset), { httpCharset })).toEqual({ text: page, charset });
    const ideographs = encodeLegacy('這座小城的老港口是用河船運來的石頭建成的'.repeat(3), 'utf-16le');
    expect(decodeText(ideographs, { httpCharset: 'utf-16le' })?.charset).toBe('utf-16le');
    // A label alone makes no UTF-16 of ASCII.
    expect(decodeText(raw(...ascii('<p>plain text</p>')), { httpCharset: 'utf-16' })?.text).toBe(
      '<p>plain text</p>',
    );
  });

  it('decodes windows-1252 from 0x80 to 0x9F as the Encoding Standard maps it', () => {
    // https://encoding.spec.whatwg.org/index-windows-1252.txt, first 32 rows.
    const expected = [
      0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
      0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
      0x153, 0x9d, 0x17e, 0x178,
    ];
    const all = raw(...expected.map((_, index) => 0x80 + index));
    for (const label of ['windows-1252', 'iso-8859-1', 'cp1252', 'ascii', 'latin1']) {
      const decoded = decodeText(all, { httpCharset: label });
      expect(decoded?.charset).toBe('windows-1252');
      expect([...(decoded?.text ?? '')].map((character) => character.charCodeAt(0))).toEqual(expected);
    }
  });

  it('decodes other encodings of the web', () => {
    // Bytes from the code charts of the encodings.
    const cases: [string, number[], string][] = [
      ['shift_jis', [0x93, 0xfa, 0x96, 0x7b], '日本'],
      ['euc-jp', [0xc6, 0xfc, 0xcb, 0xdc], '日本'],
      ['gb2312', [0xd6, 0xd0, 0xce, 0xc4], '中文'],
      ['big5', [0xa4, 0xa4, 0xa4, 0xe5], '中文'],
      ['euc-kr', [0xc7, 0xd1], '한'],
      ['iso-8859-2', [0xb1], 'ą'],
      ['iso-8859-15', [0xa4], '€'],
      ['windows-1251', [0xcc, 0xe8, 0xf0], 'Мир'],
    ];
    for (const [label, values, text] of cases) {
      expect(decodeText(raw(...values), { httpCharset: label })?.text).toBe(text);
    }
  });

  it('decodes the syllables and ideographs that Node leaves out', () => {
    // Rows of index-euc-kr.txt and index-big5.txt of the Encoding Standard.
    expect(decodeText(raw(0x81, 0x41, 0x81, 0x42), { httpCharset: 'euc-kr' })?.text).toBe('갂갃');
    expect(decodeText(raw(0x87, 0x40, 0x87, 0x41), { httpCharset: 'big5' })?.text).toBe('䏰䰲');
  });

  it('knows seven-bit Japanese by its escapes, declared or not', () => {
    const page = raw(0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42);
    for (const httpCharset of ['iso-2022-jp', 'utf-8', undefined])
      expect(decodeText(page, { httpCharset })).toEqual({ text: '日本', charset: 'iso-2022-jp' });
    expect(decodeText(raw(0x1b, 0x5b, 0x31, 0x6d, 0x61))?.charset).toBe('utf-8');
  });
});
