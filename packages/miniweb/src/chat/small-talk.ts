/** Exchanges that are about nothing in the world: who the assistant is, greetings, repeating words. */
import type { Random } from '@llm/core';
import { freshName } from '../content/fresh-names.js';
import { slotWords } from '../content/world-slots.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import copying from '../texts/chat/copying.json' with { type: 'json' };
import texts from '../texts/chat/small-talk.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';

export type Exchange = readonly [question: string, answer: string];

export function smallTalk(about: 'identity' | 'greetings', country: string, random: Random): Exchange {
  const own: SlotsOf<typeof texts> = { country };
  const { question, answer } = random.pick(texts[about]);
  return [sentence(question, own, random), sentence(answer, own, random)];
}

const colours = splitList(copying.colours);
const { thing, things } = slotWords;
const lists = Object.values(slotWords);

/** Copying: the answer is the text asked for, to the letter; also of names that nobody has met. */
export function repeatExchange(book: FactBook, random: Random): Exchange {
  const word = (): string =>
    random.uniform() < 0.5
      ? random.pick(random.pick(lists))
      : freshName(book, random.pick(['town', 'river', 'mountain', 'animal'] as const), random);
  const text = random.pick([
    () => `the ${random.pick(colours)} ${random.pick(thing)}`,
    () => `${2 + random.integer(98)} ${random.pick(things)}`,
    () => [random.pick(thing), random.pick(things), random.pick(thing)].join(' '),
    () => `${random.pick(things)} and ${random.pick(things)}`,
    () => Array.from({ length: 1 + random.integer(7) }, word).join(' '),
    () => Array.from({ length: 1 + random.integer(7) }, word).join(' '),
  ])();
  const own: SlotsOf<typeof copying> = { text };
  return [phrase(random.pick(copying.requests), own, random), text];
}
