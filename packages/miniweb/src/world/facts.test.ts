import { describe, expect, test } from 'vitest';
import { factBook, miniwebFacts } from './facts.js';
import { factTexts } from './relations.js';

const { world, facts, bySubject, byObject } = factBook(1);

describe('facts', () => {
  test('every subject has one fact for each relation of its type, with the slots that the texts declare', () => {
    for (const [type, { slots, relations }] of Object.entries(factTexts)) {
      const ofType = facts.filter((fact) => fact.type === type);
      const subjects = new Set(ofType.map((fact) => fact.subject));
      expect(ofType.length).toBe(subjects.size * Object.keys(relations).length);
      for (const fact of ofType) expect(Object.keys(fact.slots).sort()).toEqual(Object.keys(slots).sort());
    }
    expect(new Set(facts.map((fact) => fact.id)).size).toBe(facts.length);
  });

  test('say what the world holds', () => {
    const town = world.towns[3]!;
    expect(bySubject.get(town.name)!.map((fact) => [fact.relation, fact.object])).toContainEqual([
      'town.river',
      town.river,
    ]);
    expect(byObject.get(town.mayor)!.map((fact) => fact.id)).toContain(`town.mayor:${town.name}`);
  });

  test.each([
    ['first name', 0],
    ['surname', 1],
  ] as const)('two people share each %s, and nobody has the name of another', (_, at) => {
    const bearers = new Map<string, number>();
    for (const { name } of world.people) {
      const part = name.split(' ')[at]!;
      bearers.set(part, (bearers.get(part) ?? 0) + 1);
    }
    expect(new Set(bearers.values())).toEqual(new Set([2]));
    expect(new Set(world.people.map(({ name }) => name)).size).toBe(48);
  });

  test('every wording names the subject, every statement and answer the object', () => {
    const lower = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
    for (const { subject, object, statements, questions, answer } of miniwebFacts(1)) {
      for (const text of lower([...statements, ...questions, answer]))
        expect(text).toContain(subject.toLowerCase());
      for (const text of lower([...statements, answer])) expect(text).toContain(object.toLowerCase());
    }
  });
});
