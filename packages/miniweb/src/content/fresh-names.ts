/**
 * Names in the style of the world that nothing in it bears, drawn without end: what a reader cannot have met.
 */
import type { Random } from '@llm/core';
import type { FactBook } from '../world/facts.js';
import { createNamer, type NameStyle } from '../world/names.js';
import type { EntityType } from '../world/relations.js';

export type NamedType = 'town' | 'person' | 'animal' | 'river' | 'mountain' | 'lake';

const styles: Readonly<Record<NamedType, NameStyle>> = {
  town: 'town',
  person: 'river',
  animal: 'animal',
  river: 'river',
  mountain: 'mountain',
  lake: 'lake',
};

export const namedTypes = Object.keys(styles) as NamedType[] satisfies EntityType[];

/** People have a first name that nobody has and the surname of somebody. */
export function freshName(book: FactBook, type: NamedType, random: Random): string {
  const name = createNamer(random);
  for (;;) {
    const drawn = name(styles[type]);
    const full = type === 'person' ? `${drawn} ${surname(book, random)}` : drawn;
    const { minor, unknownTowns, unknownAnimals } = book.world;
    const isTaken =
      book.bySubject.has(full) ||
      minor.some((entity) => entity.name.startsWith(drawn)) ||
      unknownTowns.includes(full) ||
      unknownAnimals.includes(full);
    if (!isTaken) return full;
  }
}

export function surname(book: FactBook, random: Random): string {
  return random.pick(book.world.people).name.split(' ')[1]!;
}
