/** Exchanges that are about nothing in the world: who the assistant is, greetings, repeating words. */
import type { Random } from '@llm/core';
import { slotWords } from '../content/world-slots.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import copying from '../texts/chat/copying.json' with { type: 'json' };
import texts from '../texts/chat/small-talk.json' with { type: 'json' };

export type Exchange = readonly [question: string, answer: string];

export function smallTalk(about: 'identity' | 'greetings', country: string, random: Random): Exchange {
  const own: SlotsOf<typeof texts> = { country };
  const { question, answer } = random.pick(texts[about]);
  return [sentence(question, own, random), sentence(answer, own, random)];
}

const colours = splitList(copying.colours);
const { thing, things } = slotWords;

/** Copying: the answer is the text asked for, to the letter. */
export function repeatExchange(random: Random): Exchange {
  const text = random.pick([
    () => `the ${random.pick(colours)} ${random.pick(thing)}`,
    () => `${2 + random.integer(98)} ${random.pick(things)}`,
    () => [random.pick(thing), random.pick(things), random.pick(thing)].join(' '),
    () => `${random.pick(things)} and ${random.pick(things)}`,
    () => Array.from({ length: 4 + random.integer(5) }, () => random.pick([...thing, ...things])).join(' '),
  ])();
  const own: SlotsOf<typeof copying> = { text };
  return [phrase(random.pick(copying.requests), own, random), text];
}
