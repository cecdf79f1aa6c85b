/**
 * Questions that come with the text that answers them: about somebody who is not in the world, about somebody who
 * is with what is true, or with what contradicts it. The text counts, not what was remembered.
 */
import type { Random } from '@llm/core';
import { type Claim, claimsAbout, stateClaim } from '../content/claims.js';
import { freshName, namedTypes } from '../content/fresh-names.js';
import { teller } from '../content/world-slots.js';
import type { Split } from '../held-out/held-out.js';
import { isHeldOutQuestion, teachingOf } from '../held-out/held-out.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import contextTexts from '../texts/chat/context.json' with { type: 'json' };
import asides from '../texts/content/asides.json' with { type: 'json' };
import type { Fact, FactBook } from '../world/facts.js';
import type { Exchange } from './small-talk.js';

export type ContextKind = 'fresh' | 'true' | 'false';

export function contextExchange(book: FactBook, split: Split, random: Random): Exchange {
  const draw = random.uniform();
  const kind: ContextKind = draw < 0.4 ? 'fresh' : draw < 0.6 ? 'true' : 'false';
  if (kind === 'fresh') {
    const type = random.pick(namedTypes);
    const claims = claimsAbout(book, type, freshName(book, type, random), 5, random);
    return askWithText(book, claims, split, random);
  }
  for (;;) {
    const fact = random.pick(book.facts);
    // What is true of a fact that conversations do not teach stays on the pages.
    if (kind === 'true' && teachingOf(fact) !== 'conversations') continue;
    return contextAbout(book, fact, kind, split, random);
  }
}

/** A question about a fact, with a text in which it stands, or in which something else does. */
export function contextAbout(
  book: FactBook,
  fact: Fact,
  kind: 'true' | 'false',
  split: Split,
  random: Random,
): Exchange {
  const own = book.bySubject.get(fact.subject)!;
  const others = random.shuffle(own.filter(({ id }) => id !== fact.id)).slice(0, 4);
  const claims: readonly Claim[] =
    kind === 'true'
      ? [fact, ...others]
      : claimsAbout(book, fact.type, fact.subject, 20, random)
          .sort((a, b) => Number(b.relation === fact.relation) - Number(a.relation === fact.relation))
          .slice(0, 5);
  return askWithText(book, claims, split, random);
}

/** Asks for the first of the claims. */
function askWithText(book: FactBook, claims: readonly Claim[], split: Split, random: Random): Exchange {
  const [asked, ...others] = claims as [Claim, ...Claim[]];
  const told = [asked, ...others.slice(0, random.integer(others.length + 1))].map((claim) =>
    stateClaim(claim, random),
  );
  if (random.uniform() < 0.3) told.push(teller(book.world, random)(random.pick(asides.asides)));
  const own: SlotsOf<typeof contextTexts> = {
    passage: random.shuffle(told).join(' '),
    question: askIn(split, asked, random),
  };
  return [
    phrase(random.pick(contextTexts.forms), own, random),
    sentence(asked.wordings.answer, asked.slots, random),
  ];
}

/** In a wording of the split: one of each subject and relation is kept for testing. */
export function askIn(split: Split, claim: Claim, random: Random): string {
  const { relation, subject, wordings, slots } = claim;
  const fact = { id: `${relation}:${subject}`, wordings };
  const allowed = wordings.questions.filter(
    (_, index) => isHeldOutQuestion(fact, index) === (split === 'held-out'),
  );
  return sentence(random.pick(allowed), slots, random);
}
