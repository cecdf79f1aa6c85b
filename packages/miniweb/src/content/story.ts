/** Children's stories: a hero with a true town, job, pet, friend and favourite food, and an invented adventure. After TinyStories in spirit. */
import type { Random } from '@llm/core';
import { sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { type Content, heading, paragraphs, slugOf } from './block.js';
import { Narrator } from './statements.js';
import { storyBeats } from './story-beats.js';
import { worldSlots } from './world-slots.js';

/** Beat and how many sentences of it (at least, at most). */
const plan: readonly (readonly [string, number, number])[] = [
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

const titles = [
  '$heroFirst and the $adjective $thing',
  'The $adjective $thing of $home',
  '$petName, $heroFirst and the $colour $thing',
  'How $heroFirst found the $adjective $thing',
  'A $weather $day in $home',
  '$heroFirst looks for $number $things',
  'The $thing at the $place',
  'What $petName did on $day',
];

export function story(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const hero = random.pick(world.people);
  const home = world.towns.find((town) => town.name === hero.town)!;
  const fixed = {
    hero: hero.name,
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
  const tell = (pattern: string): string =>
    sentence(pattern, { ...worldSlots(world, random), ...fixed }, random);
  const sentences: string[] = [];
  for (const [beat, least, most] of plan) {
    const count = least + random.integer(most - least + 1);
    for (const pattern of random.shuffle([...storyBeats[beat]!]).slice(0, count))
      sentences.push(tell(pattern));
    if (beat === 'setting' || beat === 'ending')
      sentences.push(...narrator.about(random.uniform() < 0.5 ? hero.name : home.name, 1));
    if (beat === 'attempt' && random.uniform() < 0.7) sentences.push(narrator.aside());
  }
  const title = tell(random.pick(titles));
  return { title, blocks: [heading(title), ...paragraphs(sentences, random.integer)], slug: slugOf(title) };
}
