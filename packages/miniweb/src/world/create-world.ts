/**
 * The world of a seed: towns, rivers, mountains, lakes, animals, people, crafts, foods and festivals with
 * facts that never contradict each other. It is the same for every page of a seed, so a model that reads the
 * web meets each fact on many pages.
 */
import { createRandom, type Random } from '@llm/core';
import { splitLists } from '../patterns/split-list.js';
import craftTexts from '../texts/world/crafts.json' with { type: 'json' };
import festivalTexts from '../texts/world/festivals.json' with { type: 'json' };
import traits from '../texts/world/traits.json' with { type: 'json' };
import { createNamer, mensNames, type NameStyle, womensNames } from './names.js';
import type { Person, World } from './world.js';

const towns = splitLists(traits.towns);
const rivers = splitLists(traits.rivers);
const mountains = splitLists(traits.mountains);
const lakes = splitLists(traits.lakes);
const animals = splitLists(traits.animals);
const pets = splitLists(traits.people);
const dishes = splitLists(traits.foods);
const { crafts } = craftTexts;
const { festivals } = festivalTexts;

/** Takes about a millisecond; callers that draw many pages keep it. */
export function createWorld(seed: number | string): World {
  const random = createRandom(seed, 'miniweb-world');
  const name = createNamer(random);
  const names = (style: NameStyle, count: number): string[] =>
    Array.from({ length: count }, () => name(style));
  const country = name('river');
  const mountainNames = names('mountain', 6);
  const lakeNames = names('lake', 6);
  const riverNames = names('river', 9);
  const townNames = names('town', 24);
  const animalNames = names('animal', 16);
  const surnames = names('surname', 24);
  const foodNames = names('food', 16).map((food) => `${food} ${random.pick(dishes.dish)}`);
  const people = peopleNames(random, surnames);
  const jobs = crafts.map((craft) => craft.job);
  const everyJob = deal(random, jobs, people.length);
  const everyTown = deal(random, townNames, people.length);
  const friends = random.shuffle(people.map((_, index) => index));
  const mayors = random.shuffle(people.map((person) => person.name));
  const foodOfTown = deal(random, foodNames, townNames.length);
  const circle = random.shuffle([...townNames]);
  const world = {
    seed,
    country,
    towns: townNames.map((town, index) => ({
      name: town,
      river: inTurn(riverNames, index),
      mountain: inTurn(mountainNames, index),
      neighbour: inTurn(circle, circle.indexOf(town) + 1),
      direction: random.pick(towns.direction),
      roofs: random.pick(towns.roofs),
      food: foodOfTown[index]!,
      craft: inTurn(jobs, index),
      mayor: mayors[index]!,
      animal: inTurn(animalNames, index),
      festival: inTurn(festivals, index).name,
    })),
    rivers: riverNames.map((river, index) => ({
      name: river,
      mountain: inTurn(mountainNames, index),
      lake: inTurn(lakeNames, index * 5 + 1),
      water: random.pick(rivers.water),
      bank: random.pick(rivers.bank),
    })),
    mountains: mountainNames.map((mountain) => ({
      name: mountain,
      top: random.pick(mountains.top),
      treasure: random.pick(mountains.treasure),
    })),
    lakes: lakeNames.map((lake) => ({
      name: lake,
      island: random.pick(lakes.island),
      fish: random.pick(lakes.fish),
    })),
    animals: animalNames.map((animal) => ({
      name: animal,
      colour: random.pick(animals.colour),
      size: random.pick(animals.size),
      food: random.pick(animals.food),
      home: random.pick(animals.home),
      sound: random.pick(animals.sound),
      time: random.pick(animals.time),
      feature: random.pick(animals.feature),
    })),
    people: people.map((person, index) => ({
      ...person,
      town: everyTown[index]!,
      job: everyJob[index]!,
      pet: random.pick(pets.pet),
      petName: random.pick(pets.petName),
      food: random.pick(foodNames),
      friend: people[inTurn(friends, friends.indexOf(index) + 1)]!.name,
      hobby: random.pick(pets.hobby),
    })),
    crafts,
    foods: foodNames.map((food, index) => ({
      name: food,
      main: random.pick(dishes.main),
      second: random.pick(dishes.second),
      taste: random.pick(dishes.taste),
      colour: random.pick(dishes.colour),
      town: townNames[foodOfTown.indexOf(food)] ?? townNames[index]!,
      time: random.pick(dishes.time),
    })),
    festivals: festivals.map((festival) => ({ ...festival, food: random.pick(foodNames) })),
    unknownTowns: names('town', 24),
    unknownPeople: peopleNames(random, names('surname', 8))
      .slice(0, 24)
      .map((person) => person.name),
    unknownAnimals: names('animal', 16),
  };
  const minorPeople = names('river', 20).map((first) => `${first} ${random.pick(surnames)}`);
  const of = (type: 'town' | 'person' | 'animal', list: readonly string[]) =>
    list.map((name) => ({ type, name }));
  return {
    ...world,
    minor: [
      ...of('town', names('town', 20)),
      ...of('person', minorPeople),
      ...of('animal', names('animal', 20)),
    ],
  };
}

/**
 * Half of the first names, of two people each, and of two each the surnames, where they are as many: neither
 * name alone tells who is meant.
 */
function peopleNames(
  random: Random,
  surnames: readonly string[],
): Pick<Person, 'name' | 'firstName' | 'she' | 'her'>[] {
  const half = (names: readonly string[]) => random.shuffle([...names]).slice(0, names.length / 2);
  const firsts = [
    ...half(womensNames).map((firstName) => ({ firstName, she: 'she', her: 'her' })),
    ...half(mensNames).map((firstName) => ({ firstName, she: 'he', her: 'his' })),
  ];
  const circle = random.shuffle([...surnames]);
  return random
    .shuffle(firsts)
    .flatMap((first, index) =>
      [0, 1].map((next) => ({ ...first, name: `${first.firstName} ${inTurn(circle, index + next)}` })),
    );
}

/** The list again and again. */
function inTurn<T>(items: readonly T[], index: number): T {
  return items[index % items.length]!;
}

/** `count` items that repeat the list as evenly as it can be done, in random order. */
function deal(random: Random, items: readonly string[], count: number): string[] {
  const dealt: string[] = [];
  while (dealt.length < count) dealt.push(...random.shuffle([...items]));
  return dealt.slice(0, count);
}
