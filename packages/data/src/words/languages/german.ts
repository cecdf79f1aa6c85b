/** German words as spaCy 3.8 (MIT) cuts them: hyphens and full stops of ordinals stay inside the words. */
import { beforeFullStop, infix, prefixes, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter } from '../letters.js';

export const german = (): LanguageRules => ({
  prefixes: prefixes({ first: ['``'] }),
  suffixes: suffixes({ also: ["''", '\\/'], endings: '', beforeFullStop }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.fullStopOfLetters,
    infix.marks,
    infix.equation,
    infix.comma,
    `(?<=[0-9${letter}])\\/(?=[0-9${letter}])`,
    infix.bracket,
    infix.twoHyphens,
    '(?<=[0-9])-(?=[0-9])',
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations('betr biol co hrsg jr jun orig std', capitalized);
  table.whole(
    `
    'S s'
  `,
    capitalized,
  );
  table.abbreviations(`
    A.C A.D A.G Abb Abk Abs Abt Apr Aug B.A B.Sc Bd Bf Bhf Bsp Chr Cie D.C Dez Di Dipl Dipl.-Ing Do Dr Fa Fam Feb Fr
    Frl G.m.b.H Gebr Hbf Hg Hr Hrn I II III IV Inc Ing Jan Jh Jhd Jul K.O L.A M.A M.Sc Mi Mio Mo Mr Mrd Mrz MwSt Mär
    N.Y N.Y.C Nov Nr O.K Okt P.S Pkt Prof R.I.P Red Sa Sep Sept So St Str Tel Tsd U.S U.S.A U.S.S Univ Vol a.D a.M
    a.Z abzgl adv al allg bspw bzgl bzw ca d.h dgl e.V e.g ebd ehem eigtl engl entspr erm etc ev evtl frz geb gegr
    gem ggf ggfs ggü h.c i.A i.G i.O i.Tr i.V i.d.R i.e incl inkl insb jur kath lat lt m.E m.M max min mind mtl
    n.Chr nat o.a o.g o.k o.ä p.a p.s pers phil q.e.d rer röm s.o sen sog stellv tägl u.U u.a u.s.w u.v.m usf usw
    uvm v.Chr v.a v.l.n.r vgl vllt vlt vs wiss z.B z.Bsp z.T z.Z z.Zt z.b zzgl österr
  `);
  table.whole(`
    'n 'ne 'nem 'nen CDU/CSU L' \`\` c/o d'
  `);
  table.parts(`
    auf|'m du|'s er|'s hinter|'m ich|'s ihr|'s sie|'s unter|'m vor|'m wir|'s über|'m
  `);
}
