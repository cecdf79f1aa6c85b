/**
 * Statements of the kinds that the world's facts have, about any subject and with any object: true of the
 * world, of somebody who is not in it, or false. What reading exercises and questions about a given text are
 * made of.
 */
import type { Random } from '@llm/core';
import { type Slots, sentence } from '../patterns/phrase.js';
import type { FactBook } from '../world/facts.js';
import { type EntityType, factTexts, type Wordings } from '../world/relations.js';

export interface Claim {
  readonly type: EntityType;
  /** `town.river` */
  readonly relation: string;
  readonly subject: string;
  readonly object: string;
  readonly slots: Slots;
  readonly wordings: Wordings;
}

const objects = new WeakMap<FactBook, Map<string, readonly string[]>>();

/** Everything that a relation gives somewhere in the world. */
export function objectsOf(book: FactBook, relation: string): readonly string[] {
  let known = objects.get(book);
  if (known === undefined) {
    const sets = new Map<string, Set<string>>();
    for (const fact of book.facts) {
      const set = sets.get(fact.relation) ?? new Set();
      sets.set(fact.relation, set.add(fact.object));
    }
    known = new Map([...sets].map(([name, set]) => [name, [...set]]));
    objects.set(book, known);
  }
  return known.get(relation)!;
}

/**
 * `count` claims about a subject, each of another relation, in random order. `not`: an object it must not
 * give.
 */
export function claimsAbout(
  book: FactBook,
  type: EntityType,
  subject: string,
  count: number,
  random: Random,
): Claim[] {
  const [she, her] = random.pick([
    ['she', 'her'],
    ['he', 'his'],
  ] as const);
  const relations = Object.entries<Wordings>(factTexts[type].relations);
  return random
    .shuffle([...relations])
    .slice(0, count)
    .map(([key, wordings]) => {
      const relation = `${type}.${key}`;
      const object = otherObject(book, relation, subject, random);
      const person = type === 'person' ? { she, her } : {};
      return { type, relation, subject, object, slots: { s: subject, o: object, ...person }, wordings };
    });
}

/** An object of the relation that is not the true one, nor the subject itself. */
export function otherObject(book: FactBook, relation: string, subject: string, random: Random): string {
  const truth = book.bySubject.get(subject)?.find((fact) => fact.relation === relation)?.object;
  const open = objectsOf(book, relation).filter((object) => object !== truth && object !== subject);
  return random.pick(open);
}

export function stateClaim({ wordings, slots }: Pick<Claim, 'wordings' | 'slots'>, random: Random): string {
  return sentence(random.pick(wordings.statements), slots, random);
}
