/** Romanian words as spaCy 3.8 (MIT) cuts them: short words before and behind a hyphen are words. */
import { dashes, infix, prefixes, suffixes, symbolNotDegree } from '../affixes.js';
import { type ExceptionTable, list, titled } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { anyOf, letter } from '../letters.js';

const before = `
  a- c- ce- cu- d- de- dintr- e- făr- i- l- le- m- mi- n- ne- p- pe- prim- printr- s- se- te- v- într- ș-
  și- ți-
`;
const behind = `
  -a -aceasta -ai -al -ale -alta -am -ar -astea -atâta -au -aș -ați -i -ilor -l -le -lea -mea -meu -mi -mă
  -n -ndărătul -ne -o -oi -or -s -se -si -te -ul -ului -un -uri -urile -urilor -veți -vă -ăștia -și -ți
`;
const abbreviations = `
  1-a 1-ul 10-a 10-lea 11-a 11-lea 12-a 12-lea 2-a 2-lea 3-a 3-lea 4-a 4-lea 5-a 5-lea 6-a 6-lea 7-a 7-lea
  8-a 8-lea 9-a 9-lea a.c. a.f. a.m. a.r. al. alin. art. aug. bd. d-l d-lui d-nei d-voastră d.p.d.v. dem.
  dpdv dr. dvs. etc. ex. fig. fr. gh. gr. ian. ing. lit. lt. nr. obs. p.a. p.m. pct. prep. prof. rom. sf.
  str. tel. univ. îngr. într-adevăr ș.a. ș.a.m.d. șamd. șt.
`;
/** Letters as they are written where the right ones are not at hand. */
const plain: Readonly<Record<string, string>> = { Ă: 'ĂA', Â: 'ÂA', Î: 'ÎI', Ș: 'ȘŞS', Ț: 'ȚŢT' };

/** In capitals, small and as a title, with and without the marks on the letters. */
function spellings(word: string): string[] {
  let spelled = [''];
  for (const character of word.toUpperCase())
    spelled = spelled.flatMap((start) => [...(plain[character] ?? character)].map((end) => start + end));
  return spelled.flatMap((form) => [form, form.toLowerCase(), titled(form)]);
}

export const romanian = (): LanguageRules => ({
  prefixes: prefixes({ second: [anyOf(list(before).flatMap(spellings).join(' '))] }),
  suffixes: suffixes({
    also: [anyOf(list(behind).flatMap(spellings).join(' '))],
    symbols: symbolNotDegree,
    endings: dashes,
    units: '',
  }),
  infixes: [
    infix.dots,
    symbolNotDegree,
    '(?<=[0-9])[+*\\^](?=[0-9\\-])',
    infix.fullStop,
    infix.comma,
    `(?<=[${letter}0-9])[:<>=](?=${letter})`,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.whole(list(abbreviations).flatMap(spellings).join(' '));
}
