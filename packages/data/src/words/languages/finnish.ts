/** Finnish words as spaCy 3.8 (MIT) cuts them: hyphens stay inside the words. */
import { dashes, infix, quoteNotApostrophe, suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter } from '../letters.js';

export const finnish = (): LanguageRules => ({
  suffixes: suffixes({ quotes: quoteNotApostrophe, endings: dashes }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.fullStopOfLetters,
    infix.marks,
    infix.bracket,
    `(?<=${letter})(?:–|—|--|---|——|~)(?=${letter})`,
    `(?<=[${letter}0-9])[<>=\\/](?=${letter})`,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.pairs(
    'ett Ett jott Jott kosk Kosk mutt Mutt vaikk Vaikk ehk Ehk miks Miks siks Siks joll Joll ell Ell',
    'en et ei emme ette eivat eivät',
  );
  table.abbreviations(`
    Mm aik alk alv ao ark as eaa ed em esim huom jne joht ko ks lk lkm lyh läh miel milj ml mm myöh nimim ns nyk oik
    os par per pj po prof puh puh.joht pvm rak ry siht so srk synt tark til tms toim ts vas vast vm vrt yht yl
    yliopp ym yms yo
  `);
  table.whole('N:o n:o nro');
}
