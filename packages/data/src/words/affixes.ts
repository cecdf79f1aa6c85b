/**
 * What may stand before, behind and between the letters of a word: punctuation, quotes, currency,
 * units, hyphens; and what is whole though it looks like several, a URL. The classes of letters are spaCy's
 * blocks.
 */

const latin =
  'A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01bf\\u01c4-\\u02af\\u1d00-\\u1d25\\u1d6b-\\u1d77\\u1d79-\\u1d9a\\u1e00-\\u1eff' +
  '\\u2c60-\\u2c7b\\u2c7e\\u2c7f\\ua722-\\ua76f\\ua771-\\ua787\\ua78b-\\ua78e\\ua790-\\ua7b9\\ua7fa\\uab30-\\uab5a\\uab60-\\uab64' +
  '\\uff21-\\uff3a\\uff41-\\uff5a';
const otherLower =
  '\\u03ac-\\u03af\\u03b1-\\u03c9\\u03cc-\\u03ce\\u0430-\\u0451\\u0453-\\u045a\\u045c\\u045d\\u0491\\u0497\\u04a3\\u04af\\u04bb\\u04d9\\u04e9';
const otherUpper =
  '\\u0386\\u0388-\\u038a\\u038c\\u038e\\u038f\\u0391-\\u03a9\\u0400\\u0401\\u0403-\\u040a\\u040c\\u040d\\u0410-\\u042f\\u0490\\u0496\\u04a2' +
  '\\u04ae\\u04ba\\u04d8\\u04e8';
const uncased =
  '\\u0591-\\u05f4\\u0620-\\u064a\\u066e-\\u06d5\\u06e5-\\u06ff\\u0750-\\u077f\\u08a0-\\u08bd\\u0900-\\u09ff\\u0b80-\\u0cff\\u0d80-\\u0dff' +
  '\\u1100-\\u137f\\u2e80-\\u2fdf\\u2ff0-\\u30ff\\u31c0-\\u31ef\\u3200-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\ufb1d-\\ufbb1' +
  '\\ufbd3-\\ufd3d\\ufd50-\\ufdc7\\ufdf0-\\ufdfb\\ufe30-\\ufe4f\\ufe70-\\ufefc\\u{1ee00}-\\u{1eebb}\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{2a6df}' +
  '\\u{2a700}-\\u{2ebef}\\u{2f800}-\\u{2fa1f}';
const letter = `[${latin}${otherLower}${otherUpper}${uncased}]`;
const lower = `[[\\p{Ll}\\u0294]&&[${latin}]]|[${otherLower}${uncased}]`;
const upper = `[\\p{Lu}&&[${latin}]]|[${otherUpper}${uncased}]`;
const symbol = '\\p{So}';

const quotes = '\'"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉〈〉⟦⟧';
const marks = '…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪';
const units =
  'km km² km³ m m² m³ dm dm² dm³ cm cm² cm³ mm mm² mm³ ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa mbar mb ' +
  'MB kb KB gb GB tb TB T G M K % км км² км³ м м² м³ дм дм² дм³ см см² см³ мм мм² мм³ нм кг г мг м/с км/ч кПа Па мбар Кб КБ ' +
  'кб Мб МБ мб Гб ГБ гб Тб ТБ тбكم كم² كم³ م م² م³ سم سم² سم³ مم مم² مم³ كم غرام جرام جم كغ ملغ كوب اكواب';
const currencies = '$ £ € ¥ ฿ US$ C$ A$ ₽ ﷼ ₴ ₠ ₡ ₢ ₣ ₤ ₥ ₦ ₧ ₨ ₩ ₪ ₫ ₭ ₮ ₯ ₰ ₱ ₲ ₳ ₵ ₶ ₷ ₸ ₹ ₺ ₻ ₼ ₾ ₿';

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const oneOf = (text: string): string => `[${text.replace(/[\\()[\]{}|/&!#%,:;<=>@`~^$*+.?-]/g, '\\$&')}]`;
const anyOf = (words: string): string => words.split(' ').map(escaped).join('|');

const prefix = new RegExp(
  `^(?:[§%=—–]|\\+(?![0-9])|${[oneOf(marks), '\\.\\.+', oneOf(quotes), anyOf(currencies), symbol].join('|')})`,
  'v',
);
const suffix = new RegExp(
  `(?:${[
    '……',
    oneOf(marks),
    '\\.\\.+',
    oneOf(quotes),
    symbol,
    "'s|'S|’s|’S|—|–",
    '(?<=[0-9])\\+',
    '(?<=°[FfCcKk])\\.',
    `(?<=[0-9])(?:${anyOf(currencies)})`,
    `(?<=[0-9])(?:${anyOf(units)})`,
    `(?<=[0-9%²\\-+\\|]|${oneOf(marks)}|${oneOf(quotes)}|${lower})\\.`,
    `(?<=(?:${upper})(?:${upper}))\\.`,
  ].join('|')})$`,
  'v',
);
/** Between letters; English cuts behind digits too, and many languages not at all. */
export type Hyphens = 'behind-letters-and-digits' | 'behind-letters' | 'whole';

/** What cuts the inside of a word; global. */
export function infixes(hyphens: Hyphens): RegExp {
  const before = hyphens === 'behind-letters' ? letter : `${letter}|[0-9]`;
  return new RegExp(
    [
      '\\.\\.+|…',
      symbol,
      '(?<=[0-9])[+\\-*\\^](?=[0-9\\-])',
      `(?<=${lower}|${oneOf(quotes)})\\.(?=${upper}|${oneOf(quotes)})`,
      `(?<=${letter}),(?=${letter})`,
      `(?<=${letter}|[0-9])[:<>=\\/](?=${letter})`,
      ...(hyphens === 'whole' ? [] : [`(?<=${before})(?:-|–|—|--|---|——|~)(?=${letter})`]),
    ].join('|'),
    'gv',
  );
}

/** A URL, or a host with a lower-case top-level domain; after Diego Perini and Mathias Bynens (MIT). */
const url = new RegExp(
  '^(?:(?:[\\p{L}\\p{N}_+\\-.]{2,}):\\/\\/)?(?:\\S+(?::\\S*)?@)?(?:' +
    '(?!(?:10|127)(?:\\.\\d{1,3}){3})(?!(?:169\\.254|192\\.168)(?:\\.\\d{1,3}){2})' +
    '(?!172\\.(?:1[6-9]|2\\d|3[0-1])(?:\\.\\d{1,3}){2})' +
    '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(?:\\.(?:1?\\d{1,2}|2[0-4]\\d|25[0-5])){2}' +
    '(?:\\.(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4]))|' +
    '(?:(?:[A-Za-z0-9\\u00a1-\\uffff][A-Za-z0-9\\u00a1-\\uffff_\\-]{0,62})?[A-Za-z0-9\\u00a1-\\uffff]\\.)+' +
    `(?:(?:${lower}){2,63}))(?::\\d{2,5})?(?:[\\/?#]\\S*)?$`,
  'v',
);

/** Every URL that the pattern knows has a dot. */
export function isUrl(text: string): boolean {
  return text.includes('.') && url.test(text);
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** Nothing that stands behind a word is longer, with what must be before it, but a run of dots. */
const longestSuffix = 24;

/** What stands before the word, or an empty string. Only `US$`, `C$` and `A$` start with a letter. */
export function prefixOf(text: string): string {
  if (isLetterOrDigit(text.charCodeAt(0)) && !text.slice(0, 3).includes('$')) return '';
  return prefix.exec(text)?.[0] ?? '';
}

const singleSuffixes: ReadonlySet<string> = new Set(`${marks}${quotes}`.replace('…', ''));

/** What stands behind the word, or an empty string; with short cuts for the ends that most words have. */
export function suffixOf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  if (isLetterOrDigit(last)) {
    // Suffixes that end in a letter are units after a digit and the genitive; none ends in a digit.
    if (last < 65) return '';
    const before = text.charCodeAt(text.length - 2);
    if (before !== 39 && before !== 0x2019 && !/[0-9]/.test(text.slice(-longestSuffix))) return '';
  } else {
    const mark = text.slice(-1);
    if (singleSuffixes.has(mark)) return mark;
    const before = text.charCodeAt(text.length - 2);
    if (last === 46 && ((before >= 97 && before <= 122) || (before >= 48 && before <= 57))) return mark;
  }
  if (text.endsWith('..')) return text.slice(startOfDots(text));
  // A word is asked again for each of its marks: its length must not matter.
  return suffix.exec(text.slice(-longestSuffix))?.[0] ?? '';
}

function startOfDots(text: string): number {
  let start = text.length;
  while (start > 0 && text.charCodeAt(start - 1) === 46) start--;
  return start;
}
