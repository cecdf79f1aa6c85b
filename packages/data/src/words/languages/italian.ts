/** Italian words as spaCy 3.8 (MIT) cuts them: `dell’acqua` is two words. */
import { hyphen, infix, prefixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, lower } from '../letters.js';

export const italian = (): LanguageRules => ({
  prefixes: prefixes({ first: ["'[0-9][0-9]", '[0-9]+°'] }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.arithmetic,
    infix.fullStop,
    infix.comma,
    `(?<=${letter})${hyphen}(?=${lower})`,
    infix.relation,
    `(?<=${letter}['’])(?=[${letter}0-9"])`,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(`
    Art Avv Civ Cod Cost Jr Proc St a.C al art artt att avv c.d cm col d.C distr ecc etc pag prof s.p.a sett ss tel
  `);
  table.whole(`
    .. .... C.so E' all-path by-pass c/c centro-sinistra check-up de" e-mail e/o nord-est n° po' s.n.c s.r.l
    week-end
  `);
  table.parts(`
    all'|art. dall'|art. dell'|art. L'|art. l'|art. nell'|art. sett.|.
  `);
}
