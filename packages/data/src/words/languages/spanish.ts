/** Spanish words as spaCy 3.8 (MIT) cuts them: hyphens stay inside the words. */
import { beforeFullStop, dashes, infix, plainUnits, quote, suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { lower, upper } from '../letters.js';

export const spanish = (): LanguageRules => ({
  suffixes: suffixes({
    endings: dashes,
    units: plainUnits,
    beforeFullStop: `0-9—–${beforeFullStop}`,
  }),
  infixes: [
    infix.dots,
    infix.symbol,
    '(?<=[0-9])[+*\\^](?=[0-9\\-])',
    `(?<=[${lower}${quote}—–])\\.(?=[${upper}${quote}—–])`,
    infix.comma,
    infix.relation,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(`
    Av Avda Cía Dr Dra EE.␣UU EE.UU Ee.␣Uu Ee.Uu Gob Gral Ing J.C Lic P.D Prof Profa Q.E.P.D S.A S.L S.R.L Sr Sra
    Srta Ud Uds Vd Vds a.C a.J.C apdo aprox d.C d.J.C dna dpto ej esq etc fig m.n núm p.ej pág q.e.p.d s.s.s vol
  `);
  table.whole('km/h n° °C');
  table.parts('pa|l 12|m.');
  table.pairs('1 2 3 4 5 6 7 8 9 10 11 12', 'a.m. am p.m. pm');
}
