/** Serbian words as spaCy 3.8 (MIT) cuts them: hyphens and full stops of ordinals stay inside the words. */
import { beforeFullStop, infix, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable, list } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter } from '../letters.js';

export const serbian = (): LanguageRules => ({
  suffixes: suffixes({
    endings: '',
    beforeFullStop: `${beforeFullStop}${letter}`,
    initials: '',
  }),
  infixes: [infix.dots, infix.symbol, infix.arithmetic, infix.fullStop, infix.comma, infix.relation],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  for (const word of list(`
    пoн уто сре чет пет суб нед јан феб мар апр јуни јули авг сеп септ окт нов дец
  `))
    for (const form of [word, capitalized(word), word.toUpperCase()]) table.whole(form, (same) => `${same}.`);
  table.abbreviations(`
    акад бр в.д гимн год доц и␣сл инж итд л.к мед мн н.е нпр о.г проф разр стр тзв ул уч једн
  `);
  table.whole(`
    ал' да␣л' држ'те ил' је␣л'
  `);
}
