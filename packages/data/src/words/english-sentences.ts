import { english } from './english-words.js';
import { sentenceEnds } from './punctuation.js';
import { isPythonSpace } from './python-text.js';

const allPunctuation = /^\p{P}+$/u;

/**
 * How many sentences a text has, by the words of English and spaCy's rule-based sentencizer: a sentence ends
 * after `.`, `!`, `?`, … and the punctuation that follows.
 */
export function countSentences(text: string): number {
  return scan(text);
}

/**
 * First unit of each sentence and the one behind its last, one after the other. White space behind a sentence
 * belongs to the next, but for one blank, which belongs to none.
 */
export function sentenceBounds(text: string): number[] {
  const bounds: number[] = [];
  scan(text, bounds);
  return bounds;
}

function scan(text: string, bounds?: number[] | undefined): number {
  let sentences = 0;
  let ended = false;
  let sentenceStart = 0;
  let end = 0;
  const token = (word: string, at: number, length: number): void => {
    if (sentences === 0) {
      sentences = 1;
      sentenceStart = at;
    }
    const isEnd = sentenceEnds.has(word);
    if (ended && !isEnd && !allPunctuation.test(word)) {
      bounds?.push(sentenceStart, end);
      sentenceStart = at;
      sentences++;
      ended = false;
    } else if (isEnd) ended = true;
    end = at + length;
  };
  let start = 0;
  let inSpace = text !== '' && isPythonSpace(text.charCodeAt(0));
  for (let at = 0; at <= text.length; at++) {
    const space = at < text.length && isPythonSpace(text.charCodeAt(at));
    if (at < text.length && space === inSpace) continue;
    if (start < at) {
      if (inSpace) token(' ', start, at - start);
      else {
        let place = start;
        for (const word of english.pieceTokens(text.slice(start, at))) {
          token(word, place, word.length);
          place += word.length;
        }
      }
    }
    // One blank after a word belongs to the word; further white space is a token of its own.
    start = at < text.length && text.charCodeAt(at) === 32 && space ? at + 1 : at;
    inSpace = space;
  }
  if (sentences > 0) bounds?.push(sentenceStart, end);
  return sentences;
}
