/**
 * Invented names that can be read aloud: onset, vowel, coda by
 * syllable, no name twice, none of the English words listed.
 */
import type { Random } from '@llm/core';
import { splitList, splitLists } from '../patterns/split-list.js';
import texts from '../texts/world/names.json' with { type: 'json' };

export type NameStyle = 'town' | 'river' | 'mountain' | 'lake' | 'animal' | 'surname' | 'food';

const { onsets, vowels, codas: sounded } = splitLists(texts.syllables);
// Every third syllable or so ends with its vowel.
const codas = ['', '', '', ...sounded];
const endings: Readonly<Record<NameStyle, readonly string[]>> = splitLists(texts.endings);
export const womensNames = splitList(texts.women);
export const mensNames = splitList(texts.men);

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
