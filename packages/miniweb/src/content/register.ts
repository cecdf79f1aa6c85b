/**
 * A register: who has what, in no order, then the entries looked up again. Names and things are drawn for the
 * page, so that every answer can only be found above.
 */
import type { Random } from '@llm/core';
import { type Slots, type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/register.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { mensNames, womensNames } from '../world/names.js';
import { type Block, type Content, heading, paragraph, paragraphs, slugOf } from './block.js';
import { freshName } from './fresh-names.js';
import { teller, worldSlots } from './world-slots.js';

const firstNames = [...womensNames, ...mensNames];

export function registerPage(book: FactBook, random: Random): Content {
  const tell = teller(book.world, random);
  const title = tell(random.pick(texts.titles));
  const blocks: Block[] = [heading(title)];
  for (let part = 0; part < 2; part++) {
    const { entries, lookups } = random.pick(texts.sets);
    const names = new Set<string>();
    const isFresh = random.uniform() < 0.6;
    while (names.size < 6 + random.integer(4))
      names.add(isFresh ? freshName(book, 'town', random) : random.pick(firstNames));
    const entry = random.pick(entries);
    const lookup = random.pick(lookups);
    const told = [...names].map((name) => {
      const own: SlotsOf<typeof texts> = { name };
      return { ...worldSlots(book.world, random), ...own };
    });
    const tellOf = (pattern: string) => (slots: Slots) => sentence(pattern, slots, random);
    blocks.push(
      paragraph(tell(random.pick(texts.openings))),
      ...paragraphs(told.map(tellOf(entry)), random.integer),
      paragraph(tell(random.pick(texts.turns))),
      ...paragraphs(random.shuffle([...told]).map(tellOf(lookup)), random.integer),
    );
  }
  return { title, blocks, slug: slugOf(title) };
}
