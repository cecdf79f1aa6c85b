import { describe, expect, it } from 'vitest';
import { decodeText, metaCharset, resolveLabel } from './decode-text.js';

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

  it('gives up on unknown declarations and on undeclared bytes without a detector', () => {
    expect(decodeText(raw(0xe9, 0x20), { httpCharset: 'klingon' })).toBeUndefined();
    expect(decodeText(raw(0xe9, 0x20))).toBeUndefined();
    expect(decodeText(raw(0xe9, 0x20), { detect: () => undefined })).toBeUndefined();
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

  it('lets a seven-bit encoding win although its bytes are valid UTF-8', () => {
    const page = raw(0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42);
    expect(decodeText(page, { httpCharset: 'iso-2022-jp' })).toEqual({
      text: '日本',
      charset: 'iso-2022-jp',
    });
  });
});

describe('metaCharset', () => {
  it('finds the declarations of HTML 5, HTML 4 and XML', () => {
    const find = (head: string): string | undefined => metaCharset(raw(...ascii(head)));
    expect(find("<head><meta charset='koi8-r'></head>")).toBe('koi8-r');
    expect(find('<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS">')).toBe('Shift_JIS');
    expect(find('<?xml version="1.0" encoding="ISO-8859-2"?><html>')).toBe('ISO-8859-2');
    expect(find('<meta charset="utf-16">')).toBe('utf-8');
    expect(find('<p>charset=koi8-r</p>')).toBeUndefined();
    expect(find(`${' '.repeat(4096)}<meta charset="koi8-r">`)).toBeUndefined();
  });
});

describe('resolveLabel', () => {
  it('knows the labels of the standard and common misspellings', () => {
    const cases: [string, string | undefined][] = [
      [' UTF8 ', 'utf-8'],
      ['utf-8;', 'utf-8'],
      ['"utf-8"', 'utf-8'],
      ['ISO8859-1', 'windows-1252'],
      ['iso_8859-2', 'iso-8859-2'],
      ['win-1251', 'windows-1251'],
      ['cp1250', 'windows-1250'],
      ['x-sjis', 'shift_jis'],
      ['gb_2312-80', 'gbk'],
      ['none', undefined],
      ['', undefined],
    ];
    for (const [label, name] of cases) expect([label, resolveLabel(label)]).toEqual([label, name]);
    expect(resolveLabel(undefined)).toBeUndefined();
  });
});
