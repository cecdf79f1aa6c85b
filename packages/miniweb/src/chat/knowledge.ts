/** Facts of the world, asked and answered, or refused where they are said not to be known. */
import type { Random } from '@llm/core';
import { isHeldOutQuestion, type Split, teachingOf } from '../held-out/held-out.js';
import { sentence } from '../patterns/phrase.js';
import type { Fact } from '../world/facts.js';
import { notKnown } from './not-known.js';
import type { Exchange } from './small-talk.js';

/** One of `facts` that conversations teach, in a wording of the split. `unlearned`: ids of those refused. */
export function factExchange(
  facts: readonly Fact[],
  split: Split,
  unlearned: ReadonlySet<string>,
  random: Random,
): Exchange {
  let fact = random.pick(facts);
  while (teachingOf(fact) !== 'conversations') fact = random.pick(facts);
  const answer = unlearned.has(fact.id)
    ? notKnown(fact.wordings, fact.slots, random)
    : sentence(fact.wordings.answer, fact.slots, random);
  return [askFact(fact, split, random), answer];
}

export function askFact(fact: Fact, split: Split, random: Random): string {
  const allowed = fact.wordings.questions.filter(
    (_, index) => isHeldOutQuestion(fact, index) === (split === 'held-out'),
  );
  return sentence(random.pick(allowed), fact.slots, random);
}
