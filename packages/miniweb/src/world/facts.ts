/**
 * The world as a list of facts: subject, relation, object, and
 * how each is stated, asked and answered in simple English.
 */
import { createRandom } from '@llm/core';
import { type Slots, sentence } from '../patterns/phrase.js';
import { createWorld } from './create-world.js';
import { type EntityType, factTexts, type Wordings } from './relations.js';
import type { World } from './world.js';

/** A fact with the slots its patterns need. */
export interface Fact {
  /** `town.river:Velford` */
  readonly id: string;
  readonly type: EntityType;
  readonly subject: string;
  /** `town.river` */
  readonly relation: string;
  readonly object: string;
  readonly slots: Slots;
  readonly wordings: Wordings;
}

/** A fact as text, for reports, tests and tasks. */
export interface MiniwebFact {
  /** `town.river:Velford` */
  readonly id: string;
  readonly subject: string;
  /** `town.river` */
  readonly relation: string;
  readonly object: string;
  readonly statements: readonly string[];
  readonly questions: readonly string[];
  readonly answer: string;
}

/** All facts of a world, by subject, and the type of each subject. */
export interface FactBook {
  readonly world: World;
  readonly facts: readonly Fact[];
  readonly aboutPeople: readonly Fact[];
  readonly bySubject: ReadonlyMap<string, readonly Fact[]>;
  readonly byObject: ReadonlyMap<string, readonly Fact[]>;
}

const books = new Map<string, FactBook>();

/** The facts of a seed; the last few worlds asked for are kept. */
export function factBook(seed: number | string): FactBook {
  const key = `${typeof seed}:${seed}`;
  const known = books.get(key);
  if (known !== undefined) return known;
  if (books.size >= 4) books.clear();
  const world = createWorld(seed);
  const facts = worldFacts(world);
  const book = {
    world,
    facts,
    aboutPeople: facts.filter(({ type }) => type === 'person'),
    bySubject: group(facts, 'subject'),
    byObject: group(facts, 'object'),
  };
  books.set(key, book);
  return book;
}

/** Every fact of the seed's world. The same list for pages, conversations and tasks of that seed. */
export function miniwebFacts(seed: number | string): MiniwebFact[] {
  return factBook(seed).facts.map((fact) => {
    const random = createRandom(seed, 'fact', fact.id);
    const { statements, questions, answer } = fact.wordings;
    return {
      id: fact.id,
      subject: fact.subject,
      relation: fact.relation,
      object: fact.object,
      statements: statements.map((pattern) => sentence(pattern, fact.slots, random)),
      questions: questions.map((pattern) => sentence(pattern, fact.slots, random)),
      answer: sentence(answer, fact.slots, random),
    };
  });
}

function worldFacts(world: World): Fact[] {
  const facts: Fact[] = [];
  const add = <Type extends EntityType>(
    type: Type,
    subject: string,
    values: Readonly<Record<keyof (typeof factTexts)[Type]['relations'], string>>,
    extra: Slots = {},
  ): void => {
    const objects: Slots = values;
    for (const [key, wordings] of Object.entries<Wordings>(factTexts[type].relations)) {
      const relation = `${type}.${key}`;
      const object = objects[key]!;
      const slots = { s: subject, o: object, ...extra };
      facts.push({ id: `${relation}:${subject}`, type, subject, relation, object, slots, wordings });
    }
  };
  for (const town of world.towns) add('town', town.name, town);
  for (const river of world.rivers) add('river', river.name, river);
  for (const mountain of world.mountains) add('mountain', mountain.name, mountain);
  for (const lake of world.lakes) add('lake', lake.name, lake);
  for (const animal of world.animals) add('animal', animal.name, animal);
  for (const person of world.people) add('person', person.name, person, { she: person.she, her: person.her });
  for (const craft of world.crafts) add('craft', craft.job, craft);
  for (const food of world.foods) add('food', food.name, food);
  for (const festival of world.festivals) add('festival', festival.name, festival);
  return facts;
}

function group(facts: readonly Fact[], key: 'subject' | 'object'): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) {
    const list = groups.get(fact[key]);
    if (list === undefined) groups.set(fact[key], [fact]);
    else list.push(fact);
  }
  return groups;
}
