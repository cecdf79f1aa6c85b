/** Portuguese words as spaCy 3.8 (MIT) cuts them: words with hyphens are whole. */
import { infixes, prefixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';

export const portuguese = (): LanguageRules => ({
  prefixes: prefixes({ first: ['[\\p{L}\\p{N}_]{1,3}\\$'] }),
  infixes: [
    // Starts where a word starts: nothing else ends inside of one.
    '(?<![\\p{L}\\p{N}_])[\\p{L}\\p{N}_]+-[\\p{L}\\p{N}_]+(?:-[\\p{L}\\p{N}_]+)*',
    ...infixes(),
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(`
    Adm Art Av Cia Dr E.G E.g Fund Gen Gov I.E I.e Inc Jr Ltd Mr Ph.D Rep Rev Sen Sr Sra art av dom dr e.g ed eng
    etc i.e p.m pag pág sr sra tel vs
  `);
  table.whole('S/A e/ou km/h');
}
