/** Polish words as spaCy 3.8 (MIT) cuts them: every hyphen and every full stop is a word of its own. */
import { infix, prefixes, quoteNotApostrophe, suffixes } from '../affixes.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, upper } from '../letters.js';

export const polish = (): LanguageRules => ({
  prefixes: prefixes({ first: ['(?:długo|krótko|jedno|dwu|trzy|cztero)-'] }),
  suffixes: suffixes({ also: ["''", '’’', '\\.'], ellipses: '', endings: '' }),
  infixes: [
    infix.dots,
    infix.symbol,
    '-|–|—|~',
    `(?<=[0-9${letter}])\\.(?=[0-9${upper}])`,
    infix.marks,
    `(?<=${letter})[:<>=\\/](?=${letter})`,
    infix.comma,
    `(?<=${letter})[${quoteNotApostrophe}\\)\\]\\(\\[](?=[\\-${letter}])`,
  ],
  shared: (exception) => !exception.endsWith('.'),
});
