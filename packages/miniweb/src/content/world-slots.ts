/** Slots that most patterns may use: people, places and small things, drawn anew for each sentence. */
import type { Random } from '@llm/core';
import { type Slots, type SlotsOf, sentence } from '../patterns/phrase.js';
import { splitLists } from '../patterns/split-list.js';
import texts from '../texts/world-slots.json' with { type: 'json' };
import type { World } from '../world/world.js';

export const slotWords = splitLists(texts.words);

/** Names two different people ($person, $other) and their first names. */
export function worldSlots(world: World, random: Random) {
  const person = random.pick(world.people);
  let other = random.pick(world.people);
  while (other.firstName === person.firstName) other = random.pick(world.people);
  const own: SlotsOf<typeof texts> = {
    person: person.name,
    first: person.firstName,
    she: person.she,
    her: person.her,
    other: minorOr(world, 'person', other.name, random),
    otherFirst: other.firstName,
    town: minorOr(world, 'town', random.pick(world.towns).name, random),
    river: random.pick(world.rivers).name,
    mountain: random.pick(world.mountains).name,
    lake: random.pick(world.lakes).name,
    animal: minorOr(world, 'animal', random.pick(world.animals).name, random),
    job: random.pick(world.crafts).job,
    food: random.pick(world.foods).name,
    festival: random.pick(world.festivals).name,
    country: world.country,
  };
  return { ...own, ...drawWords(random) };
}

/** Once in eight somebody or something of which nothing is told. */
function minorOr(world: World, type: World['minor'][number]['type'], name: string, random: Random): string {
  if (random.uniform() >= 0.125) return name;
  return random.pick(world.minor.filter((minor) => minor.type === type)).name;
}

export type WorldSlots = ReturnType<typeof worldSlots>;

function drawWords(random: Random): Record<keyof typeof slotWords, string> {
  const entries = Object.entries(slotWords).map(([name, words]) => [name, random.pick(words)]);
  return Object.fromEntries(entries) as Record<keyof typeof slotWords, string>;
}

/** Says patterns: each with slots of the world drawn for it, and with `own`, which stay. */
export function teller(world: World, random: Random, own: Slots = {}): (pattern: string) => string {
  return (pattern) => sentence(pattern, { ...worldSlots(world, random), ...own }, random);
}
