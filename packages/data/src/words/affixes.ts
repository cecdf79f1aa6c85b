/**
 * What may stand before, behind and between the letters of a word: punctuation, quotes, currency, units,
 * hyphens. The pieces are those that spaCy's languages share; a language is made of them and of its own.
 */
import { anyOf, letter, lower, oneOf, symbol, upper } from './letters.js';

export const quotes = '\'"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉〈〉⟦⟧';
export const marks = '…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪';
const ellipses = '\\.\\.+';
/** Without the per cent sign, which some languages leave with its number. */
export const plainUnits =
  'km km² km³ m m² m³ dm dm² dm³ cm cm² cm³ mm mm² mm³ ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa mbar mb ' +
  'MB kb KB gb GB tb TB T G M K км км² км³ м м² м³ дм дм² дм³ см см² см³ мм мм² мм³ нм кг г мг м/с км/ч кПа Па мбар Кб КБ ' +
  'кб Мб МБ мб Гб ГБ гб Тб ТБ тбكم كم² كم³ م م² م³ سم سم² سم³ مم مم² مم³ كم غرام جرام جم كغ ملغ كوب اكواب';
export const units = `${plainUnits} %`;
export const currencies =
  '$ £ € ¥ ฿ US$ C$ A$ ₽ ﷼ ₴ ₠ ₡ ₢ ₣ ₤ ₥ ₦ ₧ ₨ ₩ ₪ ₫ ₭ ₮ ₯ ₰ ₱ ₲ ₳ ₵ ₶ ₷ ₸ ₹ ₺ ₻ ₼ ₾ ₿';
export const without = (text: string, characters: string): string =>
  [...text].filter((character) => !characters.includes(character)).join('');

export const quote = oneOf(quotes);
/** The apostrophe stays inside the words of some languages. */
export const quoteNotApostrophe = oneOf(without(quotes, "'"));
export const symbolNotDegree = `[${symbol}--°]`;

export interface PrefixPieces {
  /** Tried before all others. */
  readonly first?: readonly string[] | undefined;
  /** Tried behind the signs. */
  readonly second?: readonly string[] | undefined;
  /** Tried behind all others. */
  readonly last?: readonly string[] | undefined;
  /** Default: `§`, per cent, equals, plus and dashes. Empty: none; so too below. */
  readonly signs?: string | undefined;
  readonly marks?: string | undefined;
  readonly currencies?: string | undefined;
  readonly symbols?: string | undefined;
}

/** The first that fits is taken. */
export function prefixes(pieces: PrefixPieces = {}): readonly string[] {
  return [
    ...(pieces.first ?? []),
    pieces.signs ?? '[§%=—–]|\\+(?![0-9])',
    ...(pieces.second ?? []),
    oneOf(pieces.marks ?? marks),
    ellipses,
    quote,
    pieces.currencies === '' ? '' : anyOf(pieces.currencies ?? currencies),
    pieces.symbols ?? symbol,
    ...(pieces.last ?? []),
  ].filter((piece) => piece !== '');
}

/** What a full stop may follow when it ends a word. */
export const beforeFullStop = `%²\\-+\\|${oneOf(marks)}${quote}${lower}`;

export interface SuffixPieces {
  readonly also?: readonly string[] | undefined;
  readonly ellipses?: string | undefined;
  readonly quotes?: string | undefined;
  readonly symbols?: string | undefined;
  /** Genitive and dashes. */
  readonly endings?: string | undefined;
  readonly degrees?: string | undefined;
  readonly currencies?: string | undefined;
  readonly units?: string | undefined;
  readonly beforeFullStop?: string | undefined;
  readonly initials?: string | undefined;
}

export const dashes = '[—–]';
/** `Lars' bil`: an apostrophe is cut off but behind the sounds that it stands for. */
export const apostrophe = "(?<=[^sSxXzZ])'";
const accent = '[\\u0300-\\u036f]';
export const stopBehindAccent = `(?<=${letter}${accent})\\.`;

/** The longest that fits is taken. */
export function suffixes(pieces: SuffixPieces = {}): readonly string[] {
  const behindDigit = (words: string): string => (words === '' ? '' : `(?<=[0-9])${anyOf(words)}`);
  const stop = pieces.beforeFullStop ?? `0-9${beforeFullStop}`;
  return [
    ...(pieces.also ?? []),
    '……',
    oneOf(marks),
    pieces.ellipses ?? ellipses,
    pieces.quotes ?? quote,
    pieces.symbols ?? symbol,
    pieces.endings ?? `['’][sS]|${dashes}`,
    '(?<=[0-9])\\+',
    pieces.degrees ?? '(?<=°[FfCcKk])\\.',
    behindDigit(pieces.currencies ?? currencies),
    behindDigit(pieces.units ?? units),
    stop === '' ? '' : `(?<=[${stop}])\\.`,
    pieces.initials ?? `(?<=${upper}${upper})\\.`,
  ].filter((piece) => piece !== '');
}

/** A hyphen or dash, alone or doubled. */
export const hyphen = '(?:-|–|—|--|---|——|~)';
/** Pieces of infixes; a language's infixes are tried in its order. */
export const infix = {
  dots: `${ellipses}|…`,
  symbol,
  arithmetic: '(?<=[0-9])[+\\-*\\^](?=[0-9\\-])',
  /** Where a blank was forgotten behind a sentence. */
  fullStop: `(?<=[${lower}${quote}])\\.(?=[${upper}${quote}])`,
  fullStopOfLetters: `(?<=${lower})\\.(?=${upper})`,
  comma: `(?<=${letter}),(?=${letter})`,
  marks: `(?<=${letter})[,!?](?=${letter})`,
  relation: `(?<=[${letter}0-9])[:<>=\\/](?=${letter})`,
  equation: `(?<=${letter})[:<>=](?=${letter})`,
  hyphen: `(?<=${letter})${hyphen}(?=${letter})`,
  twoHyphens: `(?<=${letter})--(?=${letter})`,
  bracket: `(?<=${letter})[${quoteNotApostrophe}\\)\\]\\(\\[](?=${letter})`,
  elision: `(?<=${letter}['’])(?=${letter})`,
} as const;

/** Most languages. */
export const infixes = (): readonly string[] => [
  infix.dots,
  symbol,
  infix.arithmetic,
  infix.fullStop,
  infix.comma,
  infix.hyphen,
  infix.relation,
];

/** Letters may bear an accent in front of what cuts them. */
export const behindAccents: readonly string[] = [
  `(?<=${lower}${accent})\\.(?=[${upper}${quote}])`,
  `(?<=${letter}${accent}),(?=${letter})`,
  `(?<=${letter}${accent})${hyphen}(?=${letter})`,
  `(?<=${letter}${accent})[:<>=\\/](?=${letter})`,
];
