/** French words as spaCy 3.8 (MIT) cuts them: elisions and pronouns behind a hyphen are words. */
import { infix, infixes, prefixes, quote, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable, list } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, lower } from '../letters.js';

const anyHyphen = '[\\-–—‐‑]';
const pronouns = 'ce|clés|elle|en|il|ils|je|là|moi|nous|on|t|vous';
/** With letters behind them; a hyphen stands for each of its kind, and so does an apostrophe. */
const compounds = `
  a-sexualis arginine-méthyl binge-watch bouche-por ch’tiis chape-chut droits?-de-l'homm fleur-bleuis
  flic-flaqu fox-trott google-is lèche-bott litho-typographi lombri-compost mac-adamis marque-pag
  mouton-noiris pair-programm people-is plan-socialis prud’hom réarc-bout refox-trott remicro-ond
  repique-niqu repetit-déjeun rond-ponn shift-cliqu soudo-bras stabilo-boss strip-teas yo-yo z’yeut
`;
const compoundsOrAlone = `
  black-out burn-out by-pass down-load [ée]tats-uni fac-simil hard-discount hip-hop jet-set knock-out
  lock-out new-york premier-ministr rick-roll terra-form teuf-teuf zig-zag
`;
const beforeHyphen = `
  a[ée]ro abat a[fg]ro after aigues? am[ée]ricano anglo anti apr[èe]s arabo arcs? archi arrières? audio
  avant avion auto banc bas(?:ses?)? bateaux? bec? belles? beau best bio? bien blanc bo[îi]te bonn?e?s? bois
  bou(?:c|rg) b[êe]ta cache cap(?:ello)? casse castel champ chapelle ch[âa]teau(?:neuf)? chasse
  cha(?:ud|t)e?s? chauffe chou chromo claire?s? co(?:de|ca)? compte contre cordon coupe? courte?s? couvre
  crash crise croche cross cyber côte demi di(?:sney)? dix d[ée]s? dys ex? émirato entre est ethno ex extra
  extrême [ée]co faux fil fort franco?s? gallo gardes? gastro grande? gratte gr[ée]co gros g[ée]o haute?s?
  homm?es? hors hyper indo infra inter intra islamo italo jean labio latino live lot louis m[ai]cro mal
  médio mesnil mi(?:ni)? mono mont?s? moyen multi m[ée]cano m[ée]dico m[ée]do m[ée]ta mots? neuro noix non
  nord notre n[ée]o ouest outre ouvre passe perce pharmaco ph[oy]to pieds? pique poissons? ponce pont
  po[rs]t pousse primo pro(?:cès|to)? pare petite?s? plessis porte pré prêchi protège pseudo pêle péri puy
  quasi quatre radio recourt rythmo (?:re)?doubles? r[ée] r[ée]tro requin sans? sa?inte?s? semi serre sino
  socio sociale?s? soixante sous su[bdrs] super taille tire thermo tiers tourne toute?s? tra[iî]ne? trans
  trente trois trousse tr(?:i|ou) t[ée]l[ée] utéro vaso vi[cd]e vid[ée]o vie(?:ux|i?lles?|i?l)
  vill(?:e|eneuve|ers|ette|iers|y) vingt voitures? wagons? ultra à [ée]lectro [ée]qui Fontaine La␣Chapelle
  Marie Le␣Mesnil Neuville Pierre Val Vaux
`;
const between = 'l[èe]s?|la|en|des?|d[eu]|sur|sous|aux?|à|et|près|saint';

const spelled = (words: string): string =>
  list(words).join('|').replaceAll('-', anyHyphen).replaceAll('’', "['’]");

export const french = (): LanguageRules => ({
  prefixes: prefixes({ last: [`[dlnDLN]['’](?=${letter})`] }),
  suffixes: suffixes({
    also: [`(?<=${letter})${anyHyphen}(?:${pronouns}|${pronouns.toUpperCase()})`],
    symbols: '',
    endings: '',
    beforeFullStop: `0-9%²\\-+\\(\\)?:${quote}${lower}`,
  }),
  infixes: [...infixes(), infix.elision],
  whole: new RegExp(
    `^(?:(?:${spelled(compounds)})${lower}+|(?:${spelled(compoundsOrAlone)})${lower}*|` +
      `(?:(?:${list(beforeHyphen).join('|').replaceAll('␣', ' ')})${anyHyphen}|(?:r?é?entr|grande?s?|r)['’])${lower}[\\-–—‐‑'’${lower}]*|` +
      `${letter}+${anyHyphen}(?:${between})${anyHyphen}(?:l['’])?${letter}+)$`,
    'iv',
  ),
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  for (const verb of list('a est semble indique moque passe'))
    for (const form of [verb, capitalized(verb)])
      for (const pronoun of ['elle', 'il', 'on']) table.add(form, '-t', `-${pronoun}`);
  table.abbreviations(`
    Dr M MM Mlle Mme Mr No St Ste Vol apr av avr cf déc etc févr janv juill nov oct pp sept
  `);
  table.whole(`
    Aujourd'hui après-midi au-delà au-dessus aujourd'hui celle-ci celles-ci celui-ci ci-dessous d° elle-même
    en-dessous jusque-là lui-même n° peut-être quelques-uns rendez-vous
  `);
  table.parts(`
    J.|-C. est|-ce Est|-ce qu'|est|-ce Qu'|est|-ce n'|est|-ce N'|est|-ce est|-il EST|-IL s'|est|-il S'|EST|-IL
  `);
}
