import { describe, expect, it } from 'vitest';
import { resolveLabel } from './encoding-label.js';

describe('resolveLabel', () => {
  it('knows the labels of the standard', () => {
    // https://encoding.spec.whatwg.org/#names-and-labels
    const cases: [string, string | undefined][] = [
      [' UTF8 ', 'utf-8'],
      ['unicode-1-1-utf-8', 'utf-8'],
      ['x-sjis', 'shift_jis'],
      ['gb_2312-80', 'gbk'],
      ['latin1', 'windows-1252'],
      ['ISO-8859-9', 'windows-1254'],
      ['iso-8859-8-i', 'iso-8859-8-i'],
      ['ks_c_5601-1987', 'euc-kr'],
      ['x-user-defined', 'windows-1252'],
      ['hz-gb-2312', undefined],
      ['iso-2022-kr', undefined],
    ];
    for (const [label, name] of cases) expect([label, resolveLabel(label)]).toEqual([label, name]);
  });

  it.each([
    ['utf-8', 'utf-8; "utf-8" utf_8 UTF-8-SIG utf8mb4 u8 cp65001 x-utf-8 utf8_general_ci'],
    [
      'windows-1252',
      'latin-1 ISO-88591 ISO8859-1 iso-1 iso_8859_1:1987 cp-1252 win1252 windows1252 us_ascii',
    ],
    ['windows-1251', 'cp1251 win-1251 WIN1251 windows1251 x-cp1251 microsoft-cp1251 ansi-1251'],
    ['windows-1250', 'cp1250 win1250 windows_1250'],
    ['iso-8859-2', 'iso_8859-2 iso8859_2 latin-2 L2 iso-8859-2:1987'],
    ['iso-8859-13', 'latin-7 iso8859-13'],
    ['iso-8859-15', 'latin-9 latin_9 iso8859_15'],
    ['iso-8859-16', 'latin10 iso-8859-16'],
    ['windows-1254', 'latin-5 iso8859_9 cp1254'],
    ['koi8-r', 'koi8r KOI8_R koi8'],
    ['koi8-u', 'koi8u koi8-ru'],
    ['ibm866', 'cp866 cp-866 DOS-866 ibm-866'],
    ['macintosh', 'macroman mac-roman x-mac-roman'],
    ['x-mac-cyrillic', 'mac-cyrillic maccyrillic'],
    ['windows-874', 'tis620 TIS-620 cp874 iso-8859-11 iso8859_11'],
    ['shift_jis', 'cp932 MS932 shiftjis s-jis windows-932 shift_jis_2004 SJIS-win'],
    ['euc-jp', 'eucjp euc_jp ujis eucJP-ms cp51932'],
    ['iso-2022-jp', 'iso2022jp iso2022_jp_2 cp50220 JIS'],
    ['gbk', 'cp936 MS936 gb2312 GB-2312 euc-cn x-gbk windows-936'],
    ['gb18030', 'gb18030 gb-18030 GB18030-2000'],
    ['big5', 'cp950 ms950 big-5 big5hkscs big5_tw'],
    ['euc-kr', 'cp949 ms949 uhc euckr ksc5601 KS_C_5601-1987 windows-949'],
    ['utf-16le', 'utf-16 utf16 ucs-2 utf_16_le'],
    ['utf-16be', 'utf_16_be utf16be'],
  ])('knows other spellings of %s', (name, labels) => {
    for (const label of labels.split(' ')) expect([label, resolveLabel(label)]).toEqual([label, name]);
  });

  it('takes what nobody knows for nothing', () => {
    for (const label of [
      'none',
      '',
      'ISO-88509-1',
      'iso-8859-12',
      'klingon',
      'windows',
      'iso',
      '8',
      'utf-32',
      'utf-7',
      'x'.repeat(1e6),
    ])
      expect([label.slice(0, 20), resolveLabel(label)]).toEqual([label.slice(0, 20), undefined]);
    expect(resolveLabel(undefined)).toBeUndefined();
  });
});
