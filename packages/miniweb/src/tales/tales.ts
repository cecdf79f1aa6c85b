/**
 * Short children's stories in the words of a three-year-old, without end. After TinyStories (Eldan & Li 2023,
 * arXiv:2305.07759), which are coherent because a large model wrote them, and various because every prompt
 * had words and turns to use. Here a plot makes them coherent: beats in an order of cause and effect, and
 * names, things and places that are drawn once and stay. Each wording of a beat fits each of the others.
 */
import { createRandom, type Random } from '@llm/core';
import { checkRange } from '../chat/check-range.js';
import { capitalize, phrase, sentence } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import cast from '../texts/tales/cast.json' with { type: 'json' };
import { plots } from './plots.js';

export interface MiniwebTale {
  readonly id: string;
  /** Three or four paragraphs, an empty line between them. */
  readonly text: string;
  /** The name of the plot: `lost-toy`. */
  readonly plot: string;
  /** The name of who it is about. */
  readonly hero: string;
  readonly pronoun: 'he' | 'she';
}

export interface TaleOptions {
  readonly seed: number | string;
  /** How many tales. */
  readonly count: number;
  /** The first tale, default 0: a worker can make its own range. */
  readonly first?: number | undefined;
}

type FamilyName = keyof typeof cast.families;

/** Tale i depends on the seed and i alone. Throws `miniweb/invalid-option`. */
export function* miniwebTales(options: TaleOptions): Generator<MiniwebTale, void, undefined> {
  const { seed, count, first = 0 } = options;
  checkRange('count', count, 0, Number.MAX_SAFE_INTEGER, true);
  checkRange('first', first, 0, Number.MAX_SAFE_INTEGER, true);
  for (let index = first; index < first + count; index++) yield tale(seed, index);
}

function tale(seed: number | string, index: number): MiniwebTale {
  const random = createRandom(seed, 'miniweb-tale', index);
  const [name, plot] = random.pick(plots);
  const slots: Record<string, string> = {};
  const set = (values: Readonly<Record<string, string>>): void => {
    for (const [slot, pattern] of Object.entries(values)) {
      slots[slot] = phrase(pattern, slots, random);
      slots[capitalize(slot)] = capitalize(slots[slot]);
    }
  };
  const draw = (lists: Readonly<Record<string, string>> = {}): void => {
    for (const [slot, list] of Object.entries(lists)) set({ [slot]: random.pick(splitList(list)) });
  };
  const family = cast.families[random.pick(splitList(plot.heroes)) as FamilyName];
  set(people(family, random));
  draw(family.words);
  draw(cast.words);
  set({ intro: random.pick(cast.intros) });
  draw(plot.words);
  for (const table of plot.tables ?? []) set(random.pick(table));
  const text = plot.paragraphs
    .map((beats) =>
      Object.entries(beats)
        .filter(([beat]) => !beat.endsWith('?') || random.uniform() < 0.3)
        .map(([, wordings]) => sentence(random.pick(wordings!), slots, random))
        .join(' '),
    )
    .join('\n\n');
  return { id: `tale-${index}`, text, plot: name, hero: slots.hero!, pronoun: slots.he as 'he' | 'she' };
}

/** A hero and a friend, one a girl and one a boy: whose a pronoun is can be seen. */
function people(family: (typeof cast.families)[FamilyName], random: Random): Record<string, string> {
  const sexes = random.shuffle<'girl' | 'boy'>(['girl', 'boy']);
  const kinds = 'kinds' in family ? random.shuffle([...splitList(family.kinds)]) : sexes;
  const [hero, friend] = sexes.map((sex) => random.pick(splitList(family.names[sex])));
  const [own, others] = sexes.map((sex, at) => ({ kind: kinds[at]!, ...cast.pronouns[sex] }));
  const ofFriend = Object.entries(others!).map(([slot, value]) => [`f${slot}`, value]);
  return { hero: hero!, ...own!, friend: friend!, ...Object.fromEntries(ofFriend) };
}
