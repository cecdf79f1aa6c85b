/**
 * Questions that come with the text that answers them: about somebody who is not in the world, about somebody
 * who is with what is true, or with what contradicts it. The text counts, not what was remembered.
 */
import type { Random } from '@llm/core';
import { type Claim, claimsAbout, stateClaim } from '../content/claims.js';
import { freshName, type NamedType, recombinedNameOf } from '../content/fresh-names.js';
import { teller } from '../content/world-slots.js';
import type { Split } from '../held-out/held-out.js';
import { isHeldOutQuestion, teachingOf } from '../held-out/held-out.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import contextTexts from '../texts/chat/context.json' with { type: 'json' };
import asides from '../texts/content/asides.json' with { type: 'json' };
import type { Fact, FactBook } from '../world/facts.js';
import { type EntityType, factTexts } from '../world/relations.js';
import type { Exchange } from './small-talk.js';

export type ContextKind = 'fresh' | 'true' | 'false';

const kinds = Object.keys(factTexts) as EntityType[];
/** People and towns most often, as among the world's facts. */
const inventedTypes: readonly NamedType[] = [
  ...(['person', 'person', 'person', 'town', 'town', 'town', 'town', 'animal', 'animal'] as const),
  ...(['food', 'food', 'food', 'river', 'mountain', 'lake'] as const),
];

/**
 * One to three questions about one text: question and answer in turn, the text with the first. Half of the
 * true and false texts are about any kind of thing alike: of facts there are few about crafts and festivals.
 */
export function contextExchanges(book: FactBook, split: Split, random: Random): readonly Exchange[] {
  const draw = random.uniform();
  const kind: ContextKind = draw < 0.4 ? 'fresh' : draw < 0.6 ? 'true' : 'false';
  if (kind === 'fresh') {
    const { type, name } = inventedSubject(book, split, random);
    return askWithText(book, claimsAbout(book, type, name, 5, random), split, random, 3);
  }
  const isOfAnyKind = random.uniform() < 0.5;
  for (;;) {
    const fact = random.pick(isOfAnyKind ? factsOf(book, random.pick(kinds)) : book.facts);
    // Facts that conversations do not teach are not asked for, with whatever text.
    if (teachingOf(fact) !== 'conversations') continue;
    return contextAbout(book, fact, kind, split, random, 3);
  }
}

/**
 * Somebody or something that is not in the world. Half of the people bear two names that are known apart:
 * without a text they are refused, and with one it has to count.
 */
function inventedSubject(book: FactBook, split: Split, random: Random): { type: NamedType; name: string } {
  const type = random.pick(inventedTypes);
  if (type !== 'person' || random.uniform() < 0.5) return { type, name: freshName(book, type, random) };
  return { type, name: recombinedNameOf(book, split, random) };
}

const factsOf = (book: FactBook, kind: EntityType): readonly Fact[] =>
  book.facts.filter(({ type }) => type === kind);

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
