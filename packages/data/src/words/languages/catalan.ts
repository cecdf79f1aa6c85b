/** Catalan words as spaCy 3.8 (MIT) cuts them: pronouns behind a hyphen or an apostrophe are words. */
import { dashes, infix, plainUnits, prefixes, suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter } from '../letters.js';

export const catalan = (): LanguageRules => ({
  prefixes: prefixes({ first: ['-'] }),
  suffixes: suffixes({ also: ['-'], endings: dashes, units: plainUnits }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.arithmetic,
    infix.fullStop,
    infix.comma,
    infix.relation,
    `(?<=${letter}['’])(?=[${letter}0-9])`,
    "(?:'ls|'l|'ns|'t|'m|'n|-les|-la|-lo|-li|-los|-me|-nos|-te|-vos|-se|-hi|-ne|-ho)(?![A-Za-z])|-l'|-m'|-t'|-n'",
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(`
    Dr Dra Sr Sra Srta St Sta abr aprox dec feb gen jul nov oct p.ex pl pàg set à è é í ò ó ú
  `);
  table.whole(`
    'l 'ls 'm 'n 'ns 's 't holahola núm
  `);
  table.parts('d|el d|els a|l a|ls p|el p|els 12|m.');
  table.pairs('1 2 3 4 5 6 7 8 9 10 11 12', 'a.m. am p.m. pm');
}
