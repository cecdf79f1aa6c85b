import { english } from './english-words.js';
import { sentenceEnds } from './punctuation.js';
import { isPythonSpace } from './python-text.js';

const allPunctuation = /^\p{P}+$/u;

/**
 * How many sentences a text has, by the words of English and spaCy's rule-based sentencizer: a sentence ends
 * after `.`, `!`, `?`, … and the punctuation that follows.
 */
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
      else for (const word of english.pieceTokens(text.slice(start, at))) token(word);
    }
    // One blank after a word belongs to the word; further white space is a token of its own.
    start = at < text.length && text.charCodeAt(at) === 32 && space ? at + 1 : at;
    inSpace = space;
  }
  return sentences;
}
