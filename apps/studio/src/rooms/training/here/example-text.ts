/**
 * Stories for who has no text at hand: short sentences of a small world, so regular that a small model speaks
 * them after a minute. Made, not taken: nothing is downloaded.
 */
import { createRandom } from '@llm/core';

const animals = ['cat', 'dog', 'fox', 'hen', 'owl', 'mouse', 'goat', 'duck'];
const colours = ['red', 'grey', 'white', 'black', 'brown'];
const names = ['Mia', 'Tom', 'Ida', 'Ben', 'Lea', 'Max', 'Eva', 'Jon'];
const places = ['the barn', 'the garden', 'the old mill', 'the river', 'the hill', 'the wood'];
const things = ['an apple', 'a red ball', 'a warm blanket', 'a small bell', 'some bread', 'a feather'];
const feelings = ['happy', 'hungry', 'tired', 'proud', 'afraid', 'curious'];

/** About 150 characters each, with empty lines between them; the same for the same seed. */
export function exampleText(stories = 400, seed = 1): string {
  const random = createRandom(seed);
  const pick = (from: readonly string[]): string => from[random.integer(from.length)]!;
  const story = (): string => {
    const [animal, name, place, thing] = [pick(animals), pick(names), pick(places), pick(things)];
    const isFound = random.integer(4) > 0;
    return [
      `There was a ${pick(colours)} ${animal} who lived near ${place}. One morning the ${animal} was ${pick(feelings)}.`,
      `Then ${name} came and brought ${thing}.`,
      isFound
        ? `“Thank you, ${name},” said the ${animal}, and they played until the sun went down.`
        : `The ${animal} ran away, and ${name} looked for it at ${pick(places)} until the evening.`,
    ].join(' ');
  };
  return Array.from({ length: stories }, story).join('\n\n');
}
