/**
 * Children's stories: a hero with a true town, job, pet, friend and favourite food, and an invented
 * adventure. After TinyStories in spirit.
 */
import type { Random } from '@llm/core';
import type { SlotsOf } from '../patterns/phrase.js';
import texts from '../texts/content/story.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Content, heading, paragraphs, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { teller } from './world-slots.js';

type Beat = keyof typeof texts.beats;

/** Beat and how many sentences of it (at least, at most). */
const plan: readonly (readonly [Beat, number, number])[] = [
  ['opening', 1, 1],
  ['setting', 1, 3],
  ['wish', 1, 2],
  ['trouble', 2, 3],
  ['attempt', 2, 4],
  ['helper', 1, 2],
  ['turn', 1, 2],
  ['ending', 1, 3],
  ['moral', 0, 2],
];

export function story(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const hero = random.pick(world.people);
  const home = world.towns.find((town) => town.name === hero.town)!;
  const own: SlotsOf<typeof texts> = {
    heroFirst: hero.firstName,
    heroJob: hero.job,
    heroFood: hero.food,
    hershe: hero.she,
    Hershe: hero.she === 'she' ? 'She' : 'He',
    herhim: hero.she === 'she' ? 'her' : 'him',
    hisher: hero.her,
    friend: hero.friend.split(' ')[0]!,
    pet: hero.pet,
    petName: hero.petName,
    hobby: hero.hobby,
    home: home.name,
    homeRiver: home.river,
    homeRoofs: home.roofs,
    mayor: home.mayor,
  };
  const tell = teller(world, random, own);
  const sentences: string[] = [];
  for (const [beat, least, most] of plan) {
    const count = least + random.integer(most - least + 1);
    sentences.push(
      ...random
        .shuffle([...texts.beats[beat]])
        .slice(0, count)
        .map(tell),
    );
    if (beat === 'setting' || beat === 'ending')
      sentences.push(...narrator.about(random.uniform() < 0.5 ? hero.name : home.name, 1));
    if (beat === 'attempt' && random.uniform() < 0.7) sentences.push(narrator.aside());
  }
  const title = tell(random.pick(texts.titles));
  return { title, blocks: [heading(title), ...paragraphs(sentences, random.integer)], slug: slugOf(title) };
}
