/**
 * Questions that come with the text that answers them: about somebody who is not in the world, about somebody
 * who is with what is true, or with what contradicts it. The text counts, not what was remembered.
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

/** One to three questions about one text: question and answer in turn, the text with the first. */
export function contextExchanges(book: FactBook, split: Split, random: Random): readonly Exchange[] {
  const draw = random.uniform();
  const kind: ContextKind = draw < 0.4 ? 'fresh' : draw < 0.6 ? 'true' : 'false';
  if (kind === 'fresh') {
    const type = random.pick(namedTypes);
    const claims = claimsAbout(book, type, freshName(book, type, random), 5, random);
    return askWithText(book, claims, split, random, 3);
  }
  for (;;) {
    const fact = random.pick(book.facts);
    // Facts that conversations do not teach are not asked for, with whatever text.
    if (teachingOf(fact) !== 'conversations') continue;
    return contextAbout(book, fact, kind, split, random, 3);
  }
}

/** A question about a fact, with a text in which it stands, or in which something else does. */
export function contextAbout(
  book: FactBook,
  fact: Fact,
  kind: 'true' | 'false',
  split: Split,
  random: Random,
  most = 1,
): readonly Exchange[] {
  const isOpen = (id: string): boolean =>
    id !== fact.id && (split === 'held-out' || teachingOf({ id }) === 'conversations');
  const own = kind === 'true' ? book.bySubject.get(fact.subject)! : falseClaims(book, fact, random);
  const first = own.find(({ relation }) => relation === fact.relation)!;
  const others = own.filter(({ relation, subject }) => isOpen(`${relation}:${subject}`));
  const claims = [first, ...random.shuffle(others).slice(0, 4)];
  return askWithText(book, claims, split, random, most);
}

function falseClaims(book: FactBook, { type, subject }: Fact, random: Random): readonly Claim[] {
  return claimsAbout(book, type, subject, Number.POSITIVE_INFINITY, random);
}

/** Asks for the first of the claims, then for others that are told, up to `most` in all. */
function askWithText(
  book: FactBook,
  claims: readonly Claim[],
  split: Split,
  random: Random,
  most: number,
): readonly Exchange[] {
  const [first, ...others] = claims as [Claim, ...Claim[]];
  const told = [first, ...others.slice(0, random.integer(others.length + 1))];
  const sentences = told.map((claim) => stateClaim(claim, random));
  if (random.uniform() < 0.3) sentences.push(teller(book.world, random)(random.pick(asides.asides)));
  const passage = random.shuffle(sentences).join(' ');
  const form = random.pick(contextTexts.forms);
  return told.slice(0, most).map((claim, turn): Exchange => {
    const own: SlotsOf<typeof contextTexts> = { passage, question: askIn(split, claim, random) };
    return [
      turn === 0 ? phrase(form, own, random) : own.question,
      sentence(claim.wordings.answer, claim.slots, random),
    ];
  });
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
