/**
 * An almanac page: a few subjects with everything that is known of them, sentence by sentence, nothing beside
 * it.
 */
import type { Random } from '@llm/core';
import { capitalize, type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/almanac.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, paragraphs, slugOf } from './block.js';
import { Narrator } from './narrator.js';

export function almanacPage(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const first = random.pick(book.facts).subject;
  const subjects = [first, ...narrator.related(first).slice(0, 1)];
  while (subjects.length < 4) {
    const subject = random.pick(book.facts).subject;
    if (!subjects.includes(subject)) subjects.push(subject);
  }
  const slots = (s: string): SlotsOf<typeof texts> => ({ s, country: book.world.country });
  const title = sentence(random.pick(texts.titles), slots(first), random);
  const blocks: Block[] = [heading(title)];
  for (const subject of subjects)
    blocks.push(heading(capitalize(subject)), ...paragraphs(narrator.about(subject, 8), random.integer));
  blocks.push(paragraph(narrator.aside()));
  return { title, blocks, slug: slugOf(title) };
}
