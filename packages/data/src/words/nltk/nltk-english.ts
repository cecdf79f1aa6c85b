/**
 * Words and sentences of English as NLTK 3.8 cuts them, whose words the FineWeb release was filtered by:
 * `word_tokenize` is Punkt's sentences, each cut by the rules of the Penn Treebank.
 */
import type { CutWords } from '../cut-words.js';
import type { PunktParameters } from './punkt-parameters.js';
import { PunktSentences } from './punkt-sentences.js';
import { treebankWords } from './treebank-words.js';

export interface NltkEnglish {
  readonly words: CutWords;
  readonly sentences: CutWords;
}

export function nltkEnglish(parameters: PunktParameters): NltkEnglish {
  const punkt = new PunktSentences(parameters);
  return {
    words: function nltkWords(text) {
      return punkt.sentences(text).flatMap(treebankWords);
    },
    sentences: function nltkSentences(text) {
      return punkt.sentences(text);
    },
  };
}
