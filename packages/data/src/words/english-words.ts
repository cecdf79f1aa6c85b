import { hyphen, infix } from './affixes.js';
import { englishExceptions } from './english-exceptions.js';
import { letter } from './letters.js';
import { WordSplitter } from './word-splitter.js';

/** Words of English text, cut as spaCy's blank `en` pipeline cuts them: hyphens are cut behind digits too. */
export const english = new WordSplitter({
  exceptions: englishExceptions,
  infixes: [
    infix.dots,
    infix.symbol,
    infix.arithmetic,
    infix.fullStop,
    infix.comma,
    infix.relation,
    `(?<=[${letter}0-9])${hyphen}(?=${letter})`,
  ],
});
