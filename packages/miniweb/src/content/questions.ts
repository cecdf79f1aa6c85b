/** Question-and-answer pages about facts of the world. */
import type { Random } from '@llm/core';
import { isHeldOutQuestion, teachingOf } from '../held-out/held-out.js';
import { type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/questions.json' with { type: 'json' };
import type { Fact, FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './narrator.js';

export function questionPage(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const { world } = book;
  const town = random.pick(world.towns).name;
  const own: SlotsOf<typeof texts> = { town, country: world.country };
  const title = sentence(random.pick(texts.titles), own, random);
  const blocks: Block[] = [heading(title)];
  for (const fact of drawAskedFacts(book, random, 7 + random.integer(3))) {
    if (!narrator.take(fact)) continue;
    const answers = [narrator.state(fact)];
    answers.push(
      random.uniform() < 0.55 ? narrator.aside() : (narrator.about(fact.object, 1)[0] ?? narrator.aside()),
    );
    blocks.push(heading(openQuestion(fact, random)), paragraph(...answers));
  }
  return { title, blocks, slug: slugOf(`questions ${town}`) };
}

/** A question about a fact in a wording that conversations may train on too. */
export function openQuestion(fact: Fact, random: Random): string {
  const open = fact.wordings.questions.filter((_, index) => !isHeldOutQuestion(fact, index));
  return sentence(random.pick(open), fact.slots, random);
}

export function drawAskedFacts(book: FactBook, random: Random, count: number): Fact[] {
  const drawn = new Map<string, Fact>();
  while (drawn.size < count) {
    const fact = random.pick(book.facts);
    if (teachingOf(fact) === 'statements') continue;
    drawn.set(fact.id, fact);
  }
  return [...drawn.values()];
}
