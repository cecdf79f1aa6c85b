/** An encyclopedia article: a subject's facts, then sections on what it is related to. */
import type { Random } from '@llm/core';
import { capitalize, type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/encyclopedia.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraphs, slugOf } from './block.js';
import { Narrator } from './narrator.js';

export function encyclopediaArticle(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const fact = random.pick(book.facts);
  const subject = fact.subject;
  const slots = (s: string): SlotsOf<typeof texts> => ({ s, country: book.world.country });
  const title = capitalize(subject);
  const sentences = [
    sentence(random.pick(texts.openings[fact.type]), slots(subject), random),
    ...narrator.about(subject, 5 + random.integer(3)),
  ];
  sentences.splice(3 + random.integer(2), 0, narrator.aside());
  const blocks: Block[] = [heading(title), ...paragraphs(sentences, random.integer)];
  const titles = random.shuffle([...texts.sectionTitles]);
  for (const name of narrator.related(subject).slice(0, 2 + random.integer(2))) {
    const section = [...narrator.about(name, 3 + random.integer(3)), narrator.aside()];
    if (random.uniform() < 0.5) section.unshift(section.pop()!);
    blocks.push(
      heading(sentence(titles.pop()!, slots(name), random)),
      ...paragraphs(section, random.integer),
    );
  }
  // Subjects with few relations are told together with others, or their pages would say the same.
  while (blocks.length < 7)
    blocks.push(
      ...paragraphs(
        [...narrator.about(random.pick(book.facts).subject, 3), narrator.aside()],
        random.integer,
      ),
    );
  return { title, blocks, slug: slugOf(subject) };
}
