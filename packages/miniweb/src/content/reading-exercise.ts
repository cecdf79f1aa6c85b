/**
 * A reading exercise: a text about somebody and something that nobody can know, then questions that only the
 * text answers. Like the comprehension passages of schoolbooks: the answers must be looked up, not
 * remembered.
 */
import type { Random } from '@llm/core';
import { capitalize, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/reading-exercise.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, paragraphs, slugOf } from './block.js';
import { type Claim, claimsAbout, stateClaim } from './claims.js';
import { freshName, type NamedType } from './fresh-names.js';
import { teller } from './world-slots.js';

const types: readonly NamedType[] = ['town', 'person', 'animal', 'river', 'mountain', 'lake'];

export function readingExercise(book: FactBook, random: Random): Content {
  const tell = teller(book.world, random);
  const title = tell(random.pick(texts.titles));
  const blocks: Block[] = [heading(title)];
  for (let part = 0; part < 3; part++) {
    const claims: Claim[] = [];
    for (let subject = 0; subject < 2; subject++) {
      const type = random.pick(types);
      claims.push(...claimsAbout(book, type, freshName(book, type, random), 2 + random.integer(3), random));
    }
    const told = random.shuffle([...claims]).map((claim) => stateClaim(claim, random));
    const asked = random.shuffle([...claims]).slice(0, 4);
    blocks.push(
      paragraph(tell(random.pick(texts.openings))),
      ...paragraphs(told, random.integer),
      ...asked.map((claim) => paragraph(askClaim(claim, random))),
    );
  }
  return { title, blocks, slug: slugOf(title) };
}

function askClaim({ wordings, slots, object }: Claim, random: Random): string {
  const question = sentence(random.pick(wordings.questions), slots, random);
  const answer =
    random.uniform() < 0.35 ? `${capitalize(object)}.` : sentence(wordings.answer, slots, random);
  return `${question} ${answer}`;
}
