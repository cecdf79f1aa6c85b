/** Question-and-answer pages about facts of the world. */
import type { Random } from '@llm/core';
import { sentence } from '../text/phrase.js';
import type { Fact, FactBook } from '../world/facts.js';
import { isHeldOutQuestion } from '../world/held-out.js';
import { relation } from '../world/relations.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './statements.js';

export function questionPage(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const { world } = book;
  const town = random.pick(world.towns).name;
  const title = sentence(
    random.pick([
      'Questions about $country and {the town of $town|life in $town}',
      '{Readers ask|You ask}, we answer: {$town and the country|a page from $town}',
      'What {children|people} in $town {ask|want to know}',
      'Good questions from {the school of $town|$town}',
    ]),
    { town, country: world.country },
    random,
  );
  const blocks: Block[] = [heading(title)];
  for (const fact of drawFacts(book, random, 7 + random.integer(3))) {
    if (!narrator.take(fact)) continue;
    const answers = [narrator.state(fact)];
    answers.push(
      random.uniform() < 0.55 ? narrator.aside() : (narrator.about(fact.object, 1)[0] ?? narrator.aside()),
    );
    blocks.push(heading(question(fact, random)), paragraph(...answers));
  }
  return { title, blocks, slug: slugOf(`questions ${town}`) };
}

/** A question about a fact in a wording that conversations may train on too. */
export function question(fact: Fact, random: Random): string {
  const { questions } = relation(fact.relation);
  const open = questions.filter((_, index) => !isHeldOutQuestion(fact, index));
  return sentence(random.pick(open), fact.slots, random);
}

function drawFacts(book: FactBook, random: Random, count: number): Fact[] {
  const drawn = new Map<string, Fact>();
  while (drawn.size < count) {
    const fact = random.pick(book.facts);
    drawn.set(fact.id, fact);
  }
  return [...drawn.values()];
}
