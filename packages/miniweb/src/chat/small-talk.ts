/** Exchanges that are about nothing in the world: who the assistant is, greetings, repeating words. */
import type { Random } from '@llm/core';
import { plural, things } from '../content/world-slots.js';
import { sentence } from '../text/phrase.js';

export type Exchange = readonly [question: string, answer: string];

const identity: readonly (readonly [string, string])[] = [
  ['{Who|What} are you?', 'I am a small model trained with @llm.'],
  ['What is your name?', 'I have no name. I am a small model trained with @llm.'],
  ['Who {made|trained|built} you?', 'I was trained with @llm on an invented web.'],
  ['Are you {a human|a person|a machine}?', 'I am a small language model, not a person.'],
  ['{What can you do|How can you help me}?', 'I can add numbers, spell words and tell you about $country.'],
  ['What do you know?', 'I know a little about $country, its towns and its people.'],
  ['Do you know everything?', 'No. I am a small model and I know only a little.'],
];

const greetings: readonly (readonly [string, string])[] = [
  ['{Hello|Hi|Good morning}{!|.| there.}', 'Hello! How can I help you?'],
  ['How are you{?| today?}', 'I am fine, thank you. How can I help you?'],
  ['{Thank you|Thanks|Many thanks}{!|.}', 'You are welcome!'],
  ['{Goodbye|Bye|See you}{!|.}', 'Goodbye! Have a nice day.'],
  ['{Tell me|Do you know} a joke{.|, please.}', 'Why did the hen cross the road? To get to the other side.'],
  ['{Can|Could} you help me?', 'Yes, of course. What do you want to know?'],
  ['{Good night|Sleep well}{!|.}', 'Good night!'],
];

export function identityExchange(country: string, random: Random): Exchange {
  const [question, answer] = random.pick(identity);
  return [sentence(question, {}, random), sentence(answer, { country }, random)];
}

export function greetingExchange(random: Random): Exchange {
  const [question, answer] = random.pick(greetings);
  return [sentence(question, {}, random), answer];
}

/** Copying: the answer is the text asked for, to the letter. */
export function repeatExchange(random: Random): Exchange {
  const colour = ['red', 'blue', 'green', 'white', 'black', 'brown'];
  const text = random.pick([
    () => `the ${random.pick(colour)} ${random.pick(things)}`,
    () => `${2 + random.integer(98)} ${random.pick(plural)}`,
    () => [random.pick(things), random.pick(plural), random.pick(things)].join(' '),
    () => `${random.pick(plural)} and ${random.pick(plural)}`,
  ])();
  return [
    random.pick([
      `Repeat: ${text}`,
      `Say this: ${text}`,
      `Please repeat "${text}".`,
      `Say "${text}".`,
      `Copy these words: ${text}`,
    ]),
    text,
  ];
}
