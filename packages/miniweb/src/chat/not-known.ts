/** How an assistant says of somebody or something it has heard of that it does not know what is asked. */
import type { Random } from '@llm/core';
import { phrase, type Slots } from '../patterns/phrase.js';
import type { Wordings } from '../world/relations.js';

/** "I don't know the river of Velford." */
export function notKnown({ topic }: Pick<Wordings, 'topic'>, slots: Slots, random: Random): string {
  return `I don't know ${phrase(topic, slots, random)}.`;
}
