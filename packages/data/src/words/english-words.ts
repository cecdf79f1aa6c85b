import { englishExceptions } from './english-exceptions.js';
import { WordSplitter } from './word-splitter.js';

/** Words of English text, cut as spaCy's blank `en` pipeline cuts them. */
export const english = new WordSplitter({
  exceptions: englishExceptions,
  hyphens: 'behind-letters-and-digits',
});
