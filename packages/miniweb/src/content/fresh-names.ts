/**
 * Names in the style of the world that nothing in it bears, drawn without end: what a reader cannot have met.
 */
import type { Random } from '@llm/core';
import { isHeldOutName, type Split } from '../held-out/held-out.js';
import type { FactBook } from '../world/facts.js';
import { createNamer, type NameStyle } from '../world/names.js';

export type NamedType = 'town' | 'person' | 'animal' | 'river' | 'mountain' | 'lake' | 'food';

const styles: Readonly<Record<NamedType, NameStyle>> = {
  town: 'town',
  person: 'river',
  animal: 'animal',
  river: 'river',
  mountain: 'mountain',
  lake: 'lake',
  food: 'food',
};

const lastWords: Partial<Record<NamedType, (book: FactBook, random: Random) => string>> = {
  person: surname,
  food: dish,
};

/** People have a first name that nobody has and the surname of somebody; a food is a new soup or pie. */
export function freshName(book: FactBook, type: NamedType, random: Random): string {
  const name = createNamer(random);
  for (;;) {
    const drawn = name(styles[type]);
    const last = lastWords[type]?.(book, random);
    const full = last === undefined ? drawn : `${drawn} ${last}`;
    const { minor, unknownTowns, unknownAnimals } = book.world;
    const isTaken =
      book.bySubject.has(full) ||
      minor.some((entity) => entity.name.startsWith(drawn)) ||
      unknownTowns.includes(full) ||
      unknownAnimals.includes(full);
    if (!isTaken) return full;
  }
}

/** The first name of somebody and the surname of somebody else. */
export function recombinedName(book: FactBook, random: Random): string {
  for (;;) {
    const name = `${random.pick(book.world.people).firstName} ${surname(book, random)}`;
    if (!book.bySubject.has(name)) return name;
  }
}

/** One that conversations of the split may ask for. */
export function recombinedNameOf(book: FactBook, split: Split, random: Random): string {
  for (;;) {
    const name = recombinedName(book, random);
    if (isHeldOutName(name) === (split === 'held-out')) return name;
  }
}

function dish(book: FactBook, random: Random): string {
  return random.pick(book.world.foods).name.split(' ')[1]!;
}

export function surname(book: FactBook, random: Random): string {
  return random.pick(book.world.people).name.split(' ')[1]!;
}
