/**
 * Whether somebody is known, asked of people and of two names put together, as often. Every question about
 * somebody turns on that, and is learnt with the fact that is asked for; here it is asked alone, so that it
 * holds for facts that no conversation asks for, too.
 */
import type { Random } from '@llm/core';
import { recombinedNameOf } from '../content/fresh-names.js';
import type { Split } from '../held-out/held-out.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/chat/acquaintances.json' with { type: 'json' };
import refusals from '../texts/chat/refusals.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import type { Exchange } from './small-talk.js';

/** Of one to three in turn. */
export function acquaintances(book: FactBook, split: Split, random: Random): readonly Exchange[] {
  return Array.from({ length: 1 + random.integer(3) }, (): Exchange => {
    const isKnown = random.uniform() < 0.5;
    const name = isKnown ? random.pick(book.world.people).name : recombinedNameOf(book, split, random);
    const slots: SlotsOf<typeof texts> = { name };
    const answer = isKnown ? texts.known : refusals.person;
    return [sentence(random.pick(texts.questions), slots, random), phrase(answer, slots, random)];
  });
}
