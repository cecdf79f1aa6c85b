/**
 * Names of encodings → the name that the WHATWG Encoding Standard gives the decoder. Beside the labels of the
 * standard it knows what servers, editors and Python write: `cp932`, `latin-1`, `utf_8`, `KOI8R`. Spelling is
 * compared without case, blanks and marks. Left out: encodings without a decoder on the web (UTF-7, UTF-32,
 * HZ, ISO-2022-KR, EBCDIC, DOS code pages but 866), which count as unknown.
 */
import { normalizeEncoding } from '@exodus/bytes/encoding-browser.js';

/** Standard name: other spellings, letters and digits only. */
const spellings: Readonly<Record<string, string>> = {
  'utf-16le': 'utf16 utf16le ucs2 ucs2le unicode iso10646ucs2 csunicode unicodefeff',
  'utf-16be': 'utf16be ucs2be unicodefffe',
  ibm866: 'cp866 ibm866 866 dos866 csibm866 alt',
  'iso-8859-1': 'ascii usascii 646 iso646us us ansix341968 latin1 l1 iso88591windows',
  'iso-8859-2': 'latin2 l2',
  'iso-8859-3': 'latin3 l3',
  'iso-8859-4': 'latin4 l4',
  'iso-8859-5': 'cyrillic',
  'iso-8859-6': 'arabic asmo708 ecma114',
  'iso-8859-7': 'greek greek8 ecma118 elot928 suneugreek',
  'iso-8859-8': 'hebrew visual',
  'iso-8859-8-i': 'logical iso88598i csiso88598i dos862i',
  'iso-8859-9': 'latin5 l5 turkish',
  'iso-8859-10': 'latin6 l6',
  'iso-8859-13': 'latin7 l7',
  'iso-8859-14': 'latin8 l8',
  'iso-8859-15': 'latin9 l9 latin0 csisolatin9',
  'iso-8859-16': 'latin10 l10',
  'koi8-r': 'koi8r koi8 koi cskoi8r koi8rus',
  'koi8-u': 'koi8u koi8ru koi8ukr',
  macintosh: 'mac macroman macintosh csmacintosh xmacroman xmac applemacintosh',
  'x-mac-cyrillic': 'maccyrillic xmaccyrillic macukrainian xmacukrainian',
  'windows-874': 'cp874 874 dos874 ibm874 tis620 tis6202533 tis62025330 tis62025331 thai xwindows874',
  gbk: 'gbk cp936 936 ms936 windows936 xgbk gb2312 gb231280 gb23121980 csgb2312 euccn eucgb2312cn chinese isoir58',
  gb18030: 'gb18030 gb180302000 gb180302005 gb180302022 cp54936 54936',
  big5: 'big5 cp950 950 ms950 windows950 big5hkscs big5hkscs2004 hkscs big5tw csbig5 cnbig5 xxbig5 big5eten big5uao',
  'euc-jp':
    'eucjp xeucjp ujis cp51932 cp20932 eucjpms eucjpwin eucjpmswin eucjis2004 eucjisx0213 cseucpkdfmtjapanese',
  shift_jis:
    'sjis shiftjis xsjis cp932 932 ms932 windows932 windows31j cswindows31j mskanji csshiftjis sjiswin cp943 ibm943 shiftjis2004 shiftjisx0213 sjis2004 xmsjp',
  'iso-2022-jp':
    'iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jp2004 iso2022jpext iso2022jpms csiso2022jp jis cp50220 cp50221 cp50222',
  'euc-kr':
    'euckr cp949 949 ms949 windows949 xwindows949 uhc ksc5601 ksc56011987 ksc56011989 ksx1001 ksx10011992 korean cseuckr cp51949 isoir149',
};

const bySpelling = new Map<string, string>();
for (const [name, others] of Object.entries(spellings))
  for (const other of others.split(' ')) bySpelling.set(other, name);

/** Undefined when no decoder exists for it: it then counts as not declared. */
export function resolveLabel(label: string | undefined): string | undefined {
  if (label === undefined || label.length > 100) return undefined;
  const name = normalizeEncoding(label.trim()) ?? otherSpelling(label.toLowerCase());
  // The standard decodes pages of these to one U+FFFD: they were a way to smuggle scripts in.
  if (name === null || name === undefined || name === 'replacement') return undefined;
  return name === 'x-user-defined' ? 'windows-1252' : name;
}

function otherSpelling(label: string): string | null | undefined {
  const bare = label.replace(/[^a-z0-9]/g, '');
  if (/^(?:x|cp|unicode11|ms|charset)?utf8/.test(bare) || bare === 'u8' || bare === 'cp65001') return 'utf-8';
  const known = bySpelling.get(bare) ?? bySpelling.get(bare.replace(/^charset/, ''));
  if (known !== undefined) return normalizeEncoding(known);
  const windows = /^(?:x|ms|charset)?(?:windows|win|cp|ansi|ibm|microsoft)*(125[0-8])$/.exec(bare)?.[1];
  if (windows !== undefined) return `windows-${windows}`;
  const iso = /^(?:x|cs|charset)?(?:iso|isoiec|isoir)?(?:8859)?(\d{1,2})(?:19\d\d)?$/.exec(bare)?.[1];
  return iso !== undefined && /8859|iso/.test(bare) ? normalizeEncoding(`iso-8859-${iso}`) : undefined;
}
