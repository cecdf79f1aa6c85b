/**
 * Sentences by spaCy's rule-based sentencizer, as datatrove 0.10 cuts them for every language whose words
 * spaCy cuts: a sentence ends after `.`, `!`, `?`, … as words of their own, and the punctuation that follows.
 * Those of the languages of India are IndicNLP's.
 */
import { indicSentences } from './indic-sentences.js';
import { sentenceEnds } from './punctuation.js';
import { isPythonSpace, strip } from './python-text.js';
import type { WordCutter } from './word-cutter.js';
import { cutterOf, indicCode } from './words-by-language.js';

const allPunctuation = /^\p{P}+$/u;

/** UTF-16 offsets; what stands between two sentences is white space. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the sentences of a text are; white space after the last mark is a sentence of its own. */
export function sentenceSpans(text: string, language: string): readonly Span[] {
  const code = indicCode(language);
  if (code !== undefined)
    return indicSentences(text, code).map((pieces, at, all) => ({
      start: pieces[0]!.start,
      // Nothing of the text stands behind the last.
      end: at === all.length - 1 ? text.length : pieces.at(-1)!.end,
    }));
  const spans: Span[] = [];
  eachSentence(text, cutterOf(language), (start, end) => spans.push({ start, end }));
  return spans;
}

/** The sentences of a text without the white space around them, and without those of white space alone. */
export function sentencesIn(text: string, language: string): readonly string[] {
  const code = indicCode(language);
  if (code !== undefined)
    return indicSentences(text, code).map((pieces) =>
      pieces.map(({ start, end }) => text.slice(start, end)).join(' '),
    );
  const sentences: string[] = [];
  for (const { start, end } of sentenceSpans(text, language)) {
    const sentence = strip(text.slice(start, end));
    if (sentence !== '') sentences.push(sentence);
  }
  return sentences;
}

/** How many sentences a text has by the words of English, those of white space alone included. */
export function countSentences(text: string): number {
  const cutter = cutterOf('en');
  let sentences = 0;
  let [started, ended] = [false, false];
  /** The end of a sentence is its first mark; whatever is no mark behind it begins another one. */
  const token = (isEnd: boolean, isMark: boolean): void => {
    if (!started) started = true;
    else if (ended && !isEnd && !isMark) {
      sentences++;
      ended = false;
    }
    if (isEnd) ended = true;
  };
  const piece = (start: number, end: number): void => {
    // Without a mark that ends sentences, a piece with a letter is a word, and one without is marks.
    if (!hasSentenceEnd(text, start, end)) {
      if (!ended) started = true;
      else token(false, allPunctuation.test(text.slice(start, end)));
    } else
      for (const word of cutter.pieceTokens(text.slice(start, end)))
        token(sentenceEnds.has(word), allPunctuation.test(word));
  };
  eachPiece(text, piece, () => token(false, false));
  return started ? sentences + 1 : 0;
}

/** By UTF-16 unit: 1 where it is a sentence's end, or the first half of one. */
const endUnits = new Uint8Array(65_536);
for (const end of sentenceEnds) endUnits[end.charCodeAt(0)] = 1;

function hasSentenceEnd(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (endUnits[text.charCodeAt(at)] === 1) return true;
  return false;
}

/** Pieces between white space, and the white space that is a token of its own. */
function eachPiece(
  text: string,
  piece: (start: number, end: number) => void,
  space: (start: number, end: number) => void,
): void {
  let start = 0;
  let inSpace = text !== '' && isPythonSpace(text.charCodeAt(0));
  for (let at = 0; at <= text.length; at++) {
    const isSpace = at < text.length && isPythonSpace(text.charCodeAt(at));
    if (at < text.length && isSpace === inSpace) continue;
    if (start < at) (inSpace ? space : piece)(start, at);
    // One blank after a word belongs to the word; further white space is a token of its own.
    start = at < text.length && text.charCodeAt(at) === 32 && isSpace ? at + 1 : at;
    inSpace = isSpace;
  }
}

function eachSentence(text: string, cutter: WordCutter, take: (start: number, end: number) => void): void {
  let first = -1;
  let end = 0;
  let ended = false;
  const token = (start: number, word: string): void => {
    const isEnd = sentenceEnds.has(word);
    if (first < 0) first = start;
    else if (ended && !isEnd && !allPunctuation.test(word)) {
      take(first, end);
      first = start;
      ended = false;
    }
    if (isEnd) ended = true;
    end = start + word.length;
  };
  const piece = (start: number, stop: number): void => {
    let position = start;
    for (const word of cutter.pieceTokens(text.slice(start, stop))) {
      token(position, word);
      position += word.length;
    }
  };
  eachPiece(text, piece, (start, stop) => token(start, text.slice(start, stop)));
  if (first >= 0) take(first, end);
}
