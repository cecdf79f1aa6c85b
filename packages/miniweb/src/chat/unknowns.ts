/**
 * Questions that nobody who has read the web can answer: about names that nothing bears, about two names of
 * different people put together, and about somebody who is named on pages and of whom nothing is told.
 */
import type { Random } from '@llm/core';
import { freshName, recombinedName } from '../content/fresh-names.js';
import type { Split } from '../held-out/held-out.js';
import { isHeldOutName } from '../held-out/held-out.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import refusals from '../texts/chat/refusals.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { factTexts, type Wordings } from '../world/relations.js';
import { notKnown } from './not-known.js';
import type { Exchange } from './small-talk.js';

export type UnknownKind = 'fresh' | 'recombined' | 'minor';
export type UnknownType = 'town' | 'person' | 'animal';

const types: readonly UnknownType[] = ['town', 'person', 'animal'];

export function unknownExchange(book: FactBook, kind: UnknownKind, split: Split, random: Random): Exchange {
  const isOpen = (name: string): boolean => isHeldOutName(name) === (split === 'held-out');
  const draw = (): { readonly type: UnknownType; readonly name: string } => {
    if (kind === 'minor') return random.pick(book.world.minor);
    if (kind === 'recombined') return { type: 'person', name: recombinedName(book, random) };
    const type = random.pick(types);
    return { type, name: freshName(book, type, random) };
  };
  let drawn = draw();
  while (!isOpen(drawn.name)) drawn = draw();
  const { type, name } = drawn;
  const wordings = random.pick(Object.values<Wordings>(factTexts[type].relations));
  const slots = { s: name };
  const question = sentence(random.pick(wordings.questions), slots, random);
  if (kind === 'minor') return [question, notKnown(wordings, slots, random)];
  const own: SlotsOf<typeof refusals> = { name };
  return [question, phrase(refusals[type], own, random)];
}
