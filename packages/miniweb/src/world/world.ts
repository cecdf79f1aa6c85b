/**
 * The invented world: towns, rivers, mountains, lakes, animals, people, crafts, foods and festivals with facts that never
 * contradict each other. It is the same for every page of a seed, so a model that reads the web meets each fact on many pages.
 */
import { createRandom, type Random } from '@llm/core';
import { createNamer, mensNames, womensNames } from './names.js';

export interface Town {
  readonly name: string;
  readonly river: string;
  readonly mountain: string;
  readonly neighbour: string;
  readonly direction: string;
  readonly roofs: string;
  readonly food: string;
  readonly craft: string;
  readonly mayor: string;
  readonly animal: string;
  readonly festival: string;
}
export interface River {
  readonly name: string;
  readonly mountain: string;
  readonly lake: string;
  readonly water: string;
  readonly bank: string;
}
export interface Mountain {
  readonly name: string;
  readonly top: string;
  readonly treasure: string;
}
export interface Lake {
  readonly name: string;
  readonly island: string;
  readonly fish: string;
}
export interface Animal {
  readonly name: string;
  readonly colour: string;
  readonly size: string;
  readonly food: string;
  readonly home: string;
  readonly sound: string;
  readonly time: string;
  readonly feature: string;
}
export interface Person {
  readonly name: string;
  readonly firstName: string;
  readonly she: string;
  readonly her: string;
  readonly town: string;
  readonly job: string;
  readonly pet: string;
  readonly petName: string;
  readonly food: string;
  readonly friend: string;
  readonly hobby: string;
}
export interface Craft {
  readonly job: string;
  readonly material: string;
  readonly tool: string;
  readonly product: string;
}
export interface Food {
  readonly name: string;
  readonly main: string;
  readonly second: string;
  readonly taste: string;
  readonly colour: string;
  readonly town: string;
  readonly time: string;
}
export interface Festival {
  readonly name: string;
  readonly season: string;
  readonly activity: string;
  readonly food: string;
}

export interface World {
  readonly seed: number | string;
  readonly country: string;
  readonly towns: readonly Town[];
  readonly rivers: readonly River[];
  readonly mountains: readonly Mountain[];
  readonly lakes: readonly Lake[];
  readonly animals: readonly Animal[];
  readonly people: readonly Person[];
  readonly crafts: readonly Craft[];
  readonly foods: readonly Food[];
  readonly festivals: readonly Festival[];
  /** Names in the style of the world that nothing in it bears: what a refusal is taught with. */
  readonly unknownTowns: readonly string[];
  readonly unknownPeople: readonly string[];
  readonly unknownAnimals: readonly string[];
}

export const colours = [
  'red',
  'blue',
  'green',
  'yellow',
  'white',
  'black',
  'brown',
  'orange',
  'grey',
  'pink',
] as const;
const directions = ['north', 'south', 'east', 'west'] as const;

const crafts: readonly Craft[] = [
  { job: 'baker', material: 'flour', tool: 'a hot oven', product: 'bread' },
  { job: 'potter', material: 'clay', tool: 'a turning wheel', product: 'bowls and cups' },
  { job: 'weaver', material: 'wool', tool: 'a wooden loom', product: 'blankets' },
  { job: 'smith', material: 'iron', tool: 'a heavy hammer', product: 'nails and pans' },
  { job: 'carpenter', material: 'wood', tool: 'a sharp saw', product: 'tables and chairs' },
  { job: 'fisher', material: 'rope', tool: 'a wide net', product: 'fresh fish' },
  { job: 'farmer', material: 'seeds', tool: 'an old plough', product: 'corn and beans' },
  { job: 'painter', material: 'paint', tool: 'a soft brush', product: 'pictures' },
  { job: 'tailor', material: 'cloth', tool: 'a thin needle', product: 'coats and shirts' },
  { job: 'gardener', material: 'earth', tool: 'a small spade', product: 'flowers' },
  { job: 'beekeeper', material: 'wax', tool: 'a wooden box', product: 'honey' },
  { job: 'boat builder', material: 'pine boards', tool: 'a long plane', product: 'boats' },
  { job: 'shoemaker', material: 'leather', tool: 'a round knife', product: 'shoes' },
  { job: 'glass maker', material: 'sand', tool: 'a long iron pipe', product: 'bottles and lamps' },
];

/** The world of a seed. Takes about a millisecond; callers that draw many pages keep it. */
export function createWorld(seed: number | string): World {
  const random = createRandom(seed, 'miniweb-world');
  const name = createNamer(random);
  const names = (style: Parameters<typeof name>[0], count: number): string[] =>
    Array.from({ length: count }, () => name(style));
  const country = name('river');
  const mountainNames = names('mountain', 6);
  const lakeNames = names('lake', 6);
  const riverNames = names('river', 9);
  const townNames = names('town', 24);
  const animalNames = names('animal', 16);
  const surnames = names('surname', 16);
  const foodNames = foods(random, names('food', 16));
  const people = peopleNames(random, surnames);
  const festivalNames = [
    'Lantern Day',
    'Apple Day',
    'Boat Day',
    'Snow Day',
    'Bread Day',
    'Flower Day',
    'Kite Day',
    'Drum Day',
  ];
  const everyJob = deal(
    random,
    crafts.map((craft) => craft.job),
    people.length,
  );
  const everyTown = deal(random, townNames, people.length);
  const friends = random.shuffle(people.map((_, index) => index));
  const petWords = ['cat', 'dog', 'goat', 'hen', 'pony', 'rabbit', 'duck', 'parrot'];
  const petNames = [
    'Dot',
    'Bruno',
    'Pip',
    'Luna',
    'Socks',
    'Rusty',
    'Coco',
    'Button',
    'Pepper',
    'Daisy',
    'Patch',
    'Ginger',
  ];
  const hobbies = [
    'playing the flute',
    'reading old books',
    'swimming in the lake',
    'growing roses',
    'drawing maps',
    'looking at the stars',
    'baking small cakes',
    'singing loud songs',
    'climbing tall trees',
    'collecting round stones',
    'riding a bike',
    'flying kites',
  ];
  const mayors = random.shuffle(people.map((person) => person.name));
  const foodOfTown = deal(random, foodNames, townNames.length);
  const circle = random.shuffle([...townNames]);
  return {
    seed,
    country,
    towns: townNames.map((town, index) => ({
      name: town,
      river: riverNames[index % riverNames.length]!,
      mountain: mountainNames[index % mountainNames.length]!,
      neighbour: circle[(circle.indexOf(town) + 1) % circle.length]!,
      direction: random.pick(directions),
      roofs: random.pick(colours),
      food: foodOfTown[index]!,
      craft: crafts[index % crafts.length]!.job,
      mayor: mayors[index]!,
      animal: animalNames[index % animalNames.length]!,
      festival: festivalNames[index % festivalNames.length]!,
    })),
    rivers: riverNames.map((river, index) => ({
      name: river,
      mountain: mountainNames[index % mountainNames.length]!,
      lake: lakeNames[(index * 5 + 1) % lakeNames.length]!,
      water: random.pick(['clear', 'green', 'brown', 'cold', 'warm', 'deep blue']),
      bank: random.pick([
        'willow trees',
        'tall grass',
        'round stones',
        'white sand',
        'apple trees',
        'old mills',
      ]),
    })),
    mountains: mountainNames.map((mountain) => ({
      name: mountain,
      top: random.pick(['snow', 'dark forest', 'red rock', 'soft grass', 'thick clouds']),
      treasure: random.pick(['silver', 'salt', 'copper', 'blue stones', 'coal']),
    })),
    lakes: lakeNames.map((lake) => ({
      name: lake,
      island: random.pick([
        'a castle',
        'a lighthouse',
        'a garden',
        'an old school',
        'a bell tower',
        'a windmill',
      ]),
      fish: random.pick(['trout', 'carp', 'eels', 'pike', 'perch']),
    })),
    animals: animalNames.map((animal) => ({
      name: animal,
      colour: random.pick(colours),
      size: random.pick(['a mouse', 'a cat', 'a dog', 'a sheep', 'a horse', 'a hen']),
      food: random.pick([
        'grass',
        'nuts',
        'berries',
        'small fish',
        'leaves',
        'mushrooms',
        'roots',
        'beetles',
      ]),
      home: random.pick([
        'in hollow trees',
        'under big stones',
        'in the tall grass',
        'on the river bank',
        'in warm caves',
        'in the deep forest',
      ]),
      sound: random.pick(['whistles', 'hums', 'clicks', 'barks', 'sings', 'growls']),
      time: random.pick(['at night', 'in the early morning', 'during the day', 'in the evening']),
      feature: random.pick([
        'long ears',
        'striped fur',
        'six toes',
        'short legs',
        'soft wings',
        'big round eyes',
        'curly horns',
        'webbed feet',
      ]),
    })),
    people: people.map((person, index) => ({
      ...person,
      town: everyTown[index]!,
      job: everyJob[index]!,
      pet: random.pick(petWords),
      petName: random.pick(petNames),
      food: random.pick(foodNames),
      friend: people[friends[(friends.indexOf(index) + 1) % friends.length]!]!.name,
      hobby: random.pick(hobbies),
    })),
    crafts,
    foods: foodNames.map((food, index) => ({
      name: food,
      main: random.pick([
        'beans',
        'corn',
        'fish',
        'apples',
        'carrots',
        'mushrooms',
        'potatoes',
        'rice',
        'pears',
        'onions',
      ]),
      second: random.pick([
        'honey',
        'butter',
        'mint',
        'milk',
        'nuts',
        'cheese',
        'pepper',
        'plums',
        'eggs',
        'lemon juice',
      ]),
      taste: random.pick(['sweet', 'sour', 'salty', 'spicy', 'mild']),
      colour: random.pick(colours),
      town: townNames[foodOfTown.indexOf(food)] ?? townNames[index]!,
      time: random.pick(['for breakfast', 'for lunch', 'for supper', 'on cold evenings', 'on holidays']),
    })),
    festivals: festivalNames.map((festival, index) => ({
      name: festival,
      season: ['spring', 'summer', 'autumn', 'winter'][index % 4]!,
      activity: [
        'carry paper lanterns through the streets',
        'roll apples down the hill',
        'race little boats on the river',
        'build tall towers of snow',
        'bake one very long loaf of bread',
        'put flowers on every door',
        'fly kites from the roofs',
        'play drums until midnight',
      ][index]!,
      food: random.pick(foodNames),
    })),
    unknownTowns: names('town', 24),
    unknownPeople: peopleNames(random, names('surname', 8))
      .slice(0, 24)
      .map((person) => person.name),
    unknownAnimals: names('animal', 16),
  };
}

function peopleNames(
  random: Random,
  surnames: readonly string[],
): Pick<Person, 'name' | 'firstName' | 'she' | 'her'>[] {
  return [...womensNames, ...mensNames].map((firstName, index) => ({
    firstName,
    name: `${firstName} ${random.pick(surnames)}`,
    she: index < womensNames.length ? 'she' : 'he',
    her: index < womensNames.length ? 'her' : 'his',
  }));
}

function foods(random: Random, names: readonly string[]): string[] {
  return names.map((name) => `${name} ${random.pick(['soup', 'cake', 'pie', 'stew', 'bread', 'salad'])}`);
}

/** `count` items that repeat the list as evenly as it can be done, in random order. */
function deal(random: Random, items: readonly string[], count: number): string[] {
  const dealt: string[] = [];
  while (dealt.length < count) dealt.push(...random.shuffle([...items]));
  return dealt.slice(0, count);
}
