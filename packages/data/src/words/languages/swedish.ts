/** Swedish words as spaCy 3.8 (MIT) cuts them: hyphens stay inside the words. */
import { apostrophe, dashes, infix, quoteNotApostrophe, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, upper } from '../letters.js';

export const swedish = (): LanguageRules => ({
  suffixes: suffixes({ also: [apostrophe], quotes: quoteNotApostrophe, endings: dashes }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.fullStopOfLetters,
    infix.marks,
    `(?<=[${letter}0-9])[<>=\\/](?=${letter})`,
    `(?<=[${letter}0-9]):(?=${upper})`,
    infix.comma,
    infix.bracket,
    infix.twoHyphens,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.pairs(
    'driver Driver kör Kör hörr Hörr fattar Fattar hajar Hajar lever Lever serr Serr fixar Fixar',
    'u',
  );
  table.abbreviations(
    `
    ang anm apr aug bl.a d.v.s dec doc dvs e.d e.kr el eng etc ev exkl f.d f.kr f.n f.ö feb febr fid fig forts
    fr.o.m fre förf inkl iofs jan jun jur kap kl kor kr kungl lat lör m.a.o m.fl m.m max milj min mos mt mvh mån nov
    o.d o.s.v obs okt ons osv p.g.a proc prof ref resp s.a.s s.k s.t sep sept sid t.ex t.h t.o.m t.v tel tis tors
    ung vol äv övers
  `,
    capitalized,
  );
  table.whole(
    `
    ang anm bl.a d.v.s doc dvs e.d e.kr eng etc ev exkl f.d f.kr f.n f.ö fid fig forts fr.o.m förf inkl iofs kap kl
    kr kungl lat m.a.o m.fl m.m max milj mos mt mvh o.d o.s.v obs osv p.g.a proc prof ref resp s.a.s s.k s.t s:t sid
    t.ex t.h t.o.m t.v tel vol äv övers
  `,
    capitalized,
  );
  table.abbreviations('Dr F H.K.H H.M Ph.d V');
  table.whole('AB M/S gbg m/s sthlm');
  table.parts('i|. m|.');
}
