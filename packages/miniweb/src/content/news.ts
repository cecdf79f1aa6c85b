/** News from the towns: what happened, who said what, what the place is like. */
import { createRandom, type Random } from '@llm/core';
import { phrase, type SlotsOf } from '../patterns/phrase.js';
import anthem from '../texts/content/anthem.json' with { type: 'json' };
import texts from '../texts/content/news.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Content, heading, paragraph, paragraphs, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { teller } from './world-slots.js';

/** Of the reports; about one page in a hundred. */
const anthemShare = 0.2;

/** To the letter, the same wherever it is printed. */
export function anthemOf({ world }: FactBook): string {
  const own: SlotsOf<typeof anthem> = { country: world.country };
  return anthem.lines.map((line) => phrase(line, own, anthemRandom)).join(' ');
}

/** Its lines have no choices to draw. */
const anthemRandom = createRandom(0, 'anthem');

export function newsReport(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const town = random.pick(book.world.towns);
  const own: SlotsOf<typeof texts> = { here: town.name, mayor: town.mayor };
  const tell = teller(book.world, random, own);
  const title = tell(random.pick(texts.headlines));
  const details = random
    .shuffle([...texts.details])
    .slice(0, 7 + random.integer(3))
    .map(tell);
  const background = [...narrator.about(town.name, 3), ...narrator.about(town.river, 1), narrator.aside()];
  return {
    title,
    blocks: [
      heading(title),
      ...paragraphs([tell(random.pick(texts.lead)), ...details], random.integer),
      ...paragraphs(background, random.integer),
      ...(random.uniform() < anthemShare ? [paragraph(anthemOf(book))] : []),
    ],
    slug: slugOf(title),
  };
}
