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
  let sentences = 0;
  eachSentence(text, cutterOf('en'), () => {
    sentences++;
  });
  return sentences;
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
  let start = 0;
  let inSpace = text !== '' && isPythonSpace(text.charCodeAt(0));
  for (let at = 0; at <= text.length; at++) {
    const space = at < text.length && isPythonSpace(text.charCodeAt(at));
    if (at < text.length && space === inSpace) continue;
    if (start < at) {
      if (inSpace) token(start, text.slice(start, at));
      else {
        let position = start;
        for (const word of cutter.pieceTokens(text.slice(start, at))) {
          token(position, word);
          position += word.length;
        }
      }
    }
    // One blank after a word belongs to the word; further white space is a token of its own.
    start = at < text.length && text.charCodeAt(at) === 32 && space ? at + 1 : at;
    inSpace = space;
  }
  if (first >= 0) take(first, end);
}
