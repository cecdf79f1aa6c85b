/** Invented names that can be read aloud: onset, vowel, coda by syllable, no name twice, none of the English words listed. */
import type { Random } from '@llm/core';

const onsets = [
  'b',
  'br',
  'd',
  'dr',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'z',
];
const vowels = ['a', 'e', 'i', 'o', 'u'];
const codas = ['', '', '', 'l', 'm', 'n', 'r', 's'];
const endings: Readonly<Record<NameStyle, readonly string[]>> = {
  town: ['ford', 'ton', 'wick', 'bridge', 'field', 'ham', 'mouth', 'stead'],
  river: ['a', 'en', 'ow', 'ia', 'une'],
  mountain: ['horn', 'peak', 'fell', 'crag'],
  lake: ['mere', 'water', 'pool'],
  animal: ['ik', 'el', 'oo', 'ump', 'aby', 'ock'],
  surname: ['son', 'man', 'ley', 'well', 'by'],
  food: ['o', 'i', 'in', 'ett', 'ash'],
};

export type NameStyle = 'town' | 'river' | 'mountain' | 'lake' | 'animal' | 'surname' | 'food';

/** Would be read as something else by a reader, or trips a URL word list. */
const avoided =
  /ass|tit|cum|sex|fag|gay|kik|nig|poo|pis|slut|spic|coon|dik|kunt|rap|nazi|hell|devil|porn|hor$|anal|anus/;

/** A drawer of names: each call gives one it has not given before. */
export function createNamer(random: Random): (style: NameStyle) => string {
  const given = new Set<string>();
  return (style) => {
    for (;;) {
      let name = random.pick(onsets) + random.pick(vowels) + random.pick(codas);
      if (style === 'river' || style === 'food' || style === 'animal') name += random.pick(onsets);
      else if (random.uniform() < 0.3) name += random.pick(onsets) + random.pick(vowels);
      name += random.pick(endings[style]);
      if (name.length < 4 || avoided.test(name) || given.has(name)) continue;
      given.add(name);
      return style === 'animal' || style === 'food' ? name : name[0]!.toUpperCase() + name.slice(1);
    }
  };
}

export const womensNames = [
  'Mila',
  'Anna',
  'Ella',
  'Nora',
  'Lily',
  'Rosa',
  'Ida',
  'Emma',
  'Lucy',
  'Sara',
  'Mia',
  'Kate',
  'Jane',
  'Ruth',
  'Clara',
  'Alice',
  'Helen',
  'Olga',
  'Vera',
  'Tina',
  'Eva',
  'Greta',
  'Maya',
  'Zoe',
] as const;

export const mensNames = [
  'Tom',
  'Ben',
  'Max',
  'Leo',
  'Sam',
  'Jack',
  'Paul',
  'Finn',
  'Oscar',
  'Adam',
  'Peter',
  'Karl',
  'Hugo',
  'Ivan',
  'Noah',
  'Luke',
  'Mark',
  'Simon',
  'Felix',
  'Otto',
  'Henry',
  'Jonas',
  'David',
  'Anton',
] as const;
