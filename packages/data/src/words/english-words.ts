/**
 * Words and sentences of English text, cut as spaCy's blank `en` pipeline with its rule-based sentencizer cuts them,
 * because datatrove 0.10 counts words and sentences with it. Algorithm: split at white space; from each piece strip
 * prefixes and suffixes (punctuation, quotes, currency, units) until nothing changes or an exception is met; keep
 * URLs whole; split the rest at infixes (hyphens between letters, commas, ellipses). The classes of letters are
 * spaCy's blocks. Pieces repeat, so their tokens are cached.
 *
 * Left out: exceptions that span a blank, and symbols that Unicode gained after version 11 are split off here.
 */
import { englishExceptions } from './english-exceptions.js';
import { sentenceEnds } from './punctuation.js';
import { isPythonSpace } from './python-text.js';

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
const infix = new RegExp(
  [
    '\\.\\.+|…',
    symbol,
    '(?<=[0-9])[+\\-*\\^](?=[0-9\\-])',
    `(?<=${lower}|${oneOf(quotes)})\\.(?=${upper}|${oneOf(quotes)})`,
    `(?<=${letter}),(?=${letter})`,
    `(?<=${letter}|[0-9])(?:-|–|—|--|---|——|~)(?=${letter})`,
    `(?<=${letter}|[0-9])[:<>=\\/](?=${letter})`,
  ].join('|'),
  'gv',
);

/** A URL, or a host with a lower-case top-level domain; after Diego Perini's and Mathias Bynens' pattern (MIT). */
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
/** Longer pieces are no words of a language: they are not searched for URLs and infixes, which would take long. */
const longestPiece = 2000;

const plainWord = /^[A-Za-z]+$|^\p{L}+$/u;
const noPunctuation = /^[\p{L}\p{N}]+$/u;

/** Exceptions that the affix rules take apart: found again as a sequence of tokens. First token → sequences. */
let sequences: Map<string, { tokens: readonly string[]; result: readonly string[] }[]> | undefined;

const cache = new Map<string, readonly string[]>();
const cacheLimit = 200_000;

/** Tokens of one piece of text without white space. */
function pieceTokens(piece: string): readonly string[] {
  const known = cache.get(piece);
  if (known !== undefined) return known;
  const exception = englishExceptions.get(piece);
  let tokens: readonly string[];
  if (exception !== undefined) tokens = exception;
  else if (plainWord.test(piece)) tokens = [piece];
  else tokens = applySequences(splitAffixes(piece, true));
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(piece, tokens);
  return tokens;
}

function splitAffixes(piece: string, withExceptions: boolean): string[] {
  const before: string[] = [];
  const after: string[] = [];
  const isException = (text: string): boolean => withExceptions && text !== '' && englishExceptions.has(text);
  let rest = piece;
  let previous = -1;
  while (rest !== '' && rest.length !== previous) {
    if (isException(rest)) break;
    previous = rest.length;
    const head = mayHavePrefix(rest) ? (prefix.exec(rest)?.[0] ?? '') : '';
    if (head !== '' && isException(rest.slice(head.length))) {
      before.push(head);
      rest = rest.slice(head.length);
      break;
    }
    const body = head === '' ? rest : rest.slice(head.length);
    const tail = suffixOf(body);
    if (tail !== '' && isException(rest.slice(0, -tail.length))) {
      after.push(tail);
      rest = rest.slice(0, -tail.length);
      break;
    }
    if (head !== '') {
      before.push(head);
      rest = rest.slice(head.length);
    }
    if (tail !== '') {
      after.push(tail);
      rest = rest.slice(0, -tail.length);
    }
  }
  const tokens = before;
  if (rest !== '') {
    const exception = withExceptions ? englishExceptions.get(rest) : undefined;
    if (exception !== undefined) tokens.push(...exception);
    else if (noPunctuation.test(rest) || rest.length > longestPiece) tokens.push(rest);
    // Every URL that the pattern knows has a dot.
    else if (rest.includes('.') && url.test(rest)) tokens.push(rest);
    else splitInfixes(rest, tokens);
  }
  for (let at = after.length - 1; at >= 0; at--) tokens.push(after[at]!);
  return tokens;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** Cheap tests that spare most words the patterns. `US$`, `C$` and `A$` are the prefixes that start with a letter. */
function mayHavePrefix(text: string): boolean {
  return !isLetterOrDigit(text.charCodeAt(0)) || text.includes('$');
}

const singleSuffixes: ReadonlySet<string> = new Set(`${marks}${quotes}`.replace('…', ''));

/** What `suffix` matches, with short cuts for the ends that most words have. */
function suffixOf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  if (isLetterOrDigit(last)) {
    // Suffixes that end in a letter are units after a digit and the genitive; none ends in a digit.
    if (last < 65) return '';
    const before = text.charCodeAt(text.length - 2);
    if (before !== 39 && before !== 0x2019 && !/[0-9]/.test(text)) return '';
  } else {
    const mark = text.slice(-1);
    if (singleSuffixes.has(mark)) return mark;
    const before = text.charCodeAt(text.length - 2);
    if (last === 46 && ((before >= 97 && before <= 122) || (before >= 48 && before <= 57))) return mark;
  }
  return suffix.exec(text)?.[0] ?? '';
}

function splitInfixes(text: string, tokens: string[]): void {
  let start = 0;
  for (const match of text.matchAll(infix)) {
    if (match.index === 0) continue;
    if (match.index > start) tokens.push(text.slice(start, match.index));
    tokens.push(match[0]);
    start = match.index + match[0].length;
  }
  if (start < text.length) tokens.push(text.slice(start));
}

function applySequences(tokens: string[]): readonly string[] {
  sequences ??= buildSequences();
  let result: string[] | undefined;
  for (let at = 0; at < tokens.length; at++) {
    let best: { tokens: readonly string[]; result: readonly string[] } | undefined;
    for (const sequence of sequences.get(tokens[at]!) ?? []) {
      if (best !== undefined && sequence.tokens.length <= best.tokens.length) continue;
      if (sequence.tokens.every((token, offset) => tokens[at + offset] === token)) best = sequence;
    }
    if (best === undefined) {
      result?.push(tokens[at]!);
      continue;
    }
    result ??= tokens.slice(0, at);
    result.push(...best.result);
    at += best.tokens.length - 1;
  }
  return result ?? tokens;
}

function buildSequences(): Map<string, { tokens: readonly string[]; result: readonly string[] }[]> {
  const table = new Map<string, { tokens: readonly string[]; result: readonly string[] }[]>();
  for (const [word, result] of englishExceptions) {
    if (!prefix.test(word) && !suffix.test(word) && word.search(infix) < 0) continue;
    const tokens = splitAffixes(word, false);
    const first = tokens[0]!;
    table.set(first, [...(table.get(first) ?? []), { tokens, result }]);
  }
  return table;
}

/** The filters ask one after the other for the words of the same text. */
let lastText = '';
let lastWords: readonly string[] = [];

/** The words of a text, punctuation marks being words of their own; white space is none. */
export function englishWords(text: string): readonly string[] {
  if (text === lastText) return lastWords;
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const space = at === text.length || isPythonSpace(text.charCodeAt(at));
    if (space) {
      if (start >= 0) for (const token of pieceTokens(text.slice(start, at))) words.push(token);
      start = -1;
    } else if (start < 0) start = at;
  }
  lastText = text;
  lastWords = words;
  return words;
}

const allPunctuation = /^\p{P}+$/u;

/** How many sentences a text has. A sentence ends after `.`, `!`, `?`, … and the punctuation that follows. */
export function countSentences(text: string): number {
  let sentences = 0;
  let ended = false;
  const token = (word: string): void => {
    if (sentences === 0) sentences = 1;
    const isEnd = sentenceEnds.has(word);
    if (ended && !isEnd && !allPunctuation.test(word)) {
      sentences++;
      ended = false;
    } else if (isEnd) ended = true;
  };
  let start = 0;
  let inSpace = text !== '' && isPythonSpace(text.charCodeAt(0));
  for (let at = 0; at <= text.length; at++) {
    const space = at < text.length && isPythonSpace(text.charCodeAt(at));
    if (at < text.length && space === inSpace) continue;
    if (start < at) {
      if (inSpace) token(' ');
      else for (const word of pieceTokens(text.slice(start, at))) token(word);
    }
    // One blank after a word belongs to the word; further white space is a token of its own.
    start = at < text.length && text.charCodeAt(at) === 32 && space ? at + 1 : at;
    inSpace = space;
  }
  return sentences;
}
