/** The world as a list of facts: subject, relation, object, and how each is stated, asked and answered in simple English. */
import { createRandom } from '@llm/core';
import { type Slots, sentence } from '../text/phrase.js';
import { type RelationName, relation } from './relations.js';
import { createWorld, type World } from './world.js';

export type EntityType =
  | 'town'
  | 'river'
  | 'mountain'
  | 'lake'
  | 'animal'
  | 'person'
  | 'craft'
  | 'food'
  | 'festival';

/** A fact with the slots its patterns need. */
export interface Fact {
  /** `town.river:Velford` */
  readonly id: string;
  readonly type: EntityType;
  readonly subject: string;
  readonly relation: RelationName;
  readonly object: string;
  readonly slots: Slots;
}

/** A fact as text, for reports, tests and tasks. */
export interface MiniwebFact {
  readonly id: string;
  readonly subject: string;
  readonly relation: RelationName;
  readonly object: string;
  readonly statements: readonly string[];
  readonly questions: readonly string[];
  readonly answer: string;
}

/** All facts of a world, by subject, and the type of each subject. */
export interface FactBook {
  readonly world: World;
  readonly facts: readonly Fact[];
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
  const book = { world, facts, bySubject: group(facts, 'subject'), byObject: group(facts, 'object') };
  books.set(key, book);
  return book;
}

/** Every fact of the seed's world. The same list for pages, conversations and tasks of that seed. */
export function miniwebFacts(seed: number | string): MiniwebFact[] {
  return factBook(seed).facts.map((fact) => {
    const random = createRandom(seed, 'fact', fact.id);
    const { statements, questions, answer } = relation(fact.relation);
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
  const add = (
    type: EntityType,
    subject: string,
    values: Readonly<Record<string, string>>,
    extra: Slots = {},
  ): void => {
    for (const [key, object] of Object.entries(values)) {
      const name = `${type}.${key}` as RelationName;
      facts.push({
        id: `${name}:${subject}`,
        type,
        subject,
        relation: name,
        object,
        slots: { s: subject, o: object, ...extra },
      });
    }
  };
  for (const {
    name,
    river,
    mountain,
    neighbour,
    direction,
    roofs,
    food,
    craft,
    mayor,
    animal,
    festival,
  } of world.towns) {
    add('town', name, { river, mountain, neighbour, direction, roofs, food, craft, mayor, animal, festival });
  }
  for (const { name, ...values } of world.rivers) add('river', name, values);
  for (const { name, ...values } of world.mountains) add('mountain', name, values);
  for (const { name, ...values } of world.lakes) add('lake', name, values);
  for (const { name, ...values } of world.animals) add('animal', name, values);
  for (const { name, town, job, pet, petName, food, friend, hobby, she, her } of world.people) {
    add('person', name, { town, job, pet, petName, food, friend, hobby }, { she, her });
  }
  for (const { job, ...values } of world.crafts) add('craft', job, values);
  for (const { name, ...values } of world.foods) add('food', name, values);
  for (const { name, ...values } of world.festivals) add('festival', name, values);
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
