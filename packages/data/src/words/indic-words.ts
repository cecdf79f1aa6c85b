/**
 * Words of the languages of India as IndicNLP's trivial tokenizer (MIT) cuts them: every ASCII punctuation
 * mark and every danda is a word, but those inside of numbers and dates. Only blank and tab part words;
 * a line end stays inside of one, as it does in datatrove.
 */
import { strip } from './python-text.js';
import type { WordCutter } from './word-cutter.js';

const mark = /[!-/:-@[-`{-~\u0964\u0965\uaaf0\uaaf1\uabeb-\uabef\u1c7e\u1c7f]/g;
const number = /(?<![0-9])(?:[0-9]+ [,.:/] )+[0-9]+/g;

function words(text: string): readonly string[] {
  const spaced = text.replaceAll('\t', ' ').replace(mark, ' $& ').replace(/ +/g, ' ');
  return spaced
    .replace(number, (digits) => digits.replaceAll(' ', ''))
    .split(' ')
    .map(strip)
    .filter((word) => word !== '');
}

export const indic: WordCutter = { words, pieceTokens: words };
