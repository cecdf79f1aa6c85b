/**
 * Words of the languages of India and its neighbours as IndicNLP's trivial tokenizer (MIT) cuts them: every
 * ASCII punctuation mark and every danda is a word, but those inside of numbers and dates; of languages in
 * Arabic script their marks. Only blank and tab part words; a line end stays inside of one, as in datatrove.
 */
import { strip } from './python-text.js';
import type { WordCutter } from './word-cutter.js';

const mark = /[!-/:-@[-`{-~\u0964\u0965\uaaf0\uaaf1\uabeb-\uabef\u1c7e\u1c7f]/g;
const urduMark = /[!-/:-@[-`{-~\u0609\u060a\u060c\u061e\u066a-\u066d\u06d4]/g;
const number = /(?<![0-9])(?:[0-9]+ [,.:/] )+[0-9]+/g;

function words(text: string): readonly string[] {
  // IndicNLP does not see a number that begins the text.
  return parts(
    spaced(text, mark).replace(number, (digits, at: number) =>
      at === 0 ? digits : digits.replaceAll(' ', ''),
    ),
  );
}

const spaced = (text: string, marks: RegExp): string =>
  text.replaceAll('\t', ' ').replace(marks, ' $& ').replace(/ +/g, ' ').replace(/^ /, '');
const parts = (text: string): readonly string[] =>
  text
    .split(' ')
    .map(strip)
    .filter((word) => word !== '');
const urduWords = (text: string): readonly string[] => parts(spaced(text, urduMark));

export const indic: WordCutter = { words, pieceTokens: words };
export const urdu: WordCutter = { words: urduWords, pieceTokens: urduWords };
