/** An encyclopedia article: a subject's facts, then sections on what it is related to. */
import type { Random } from '@llm/core';
import { capitalize, sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraphs, slugOf } from './block.js';
import { Narrator } from './statements.js';

const openings: Readonly<Record<string, readonly string[]>> = {
  town: [
    '$s is a {town|small town|lively town|quiet town} in {the country of $country|$country}.',
    '{This page|This article} {is about|tells you about} $s, a town in $country.',
  ],
  river: [
    'The $s is a {river|long river} in $country.',
    '{This page|This article} {is about|tells you about} the river $s in $country.',
  ],
  mountain: ['$s is a {mountain|high mountain} in $country.', 'The mountain $s {stands|rises} in $country.'],
  lake: ['$s is a {lake|deep lake} in $country.', 'The lake $s {lies|is found} in $country.'],
  animal: [
    'The $s is {an animal|a wild animal} of $country.',
    '{This page|This article} {is about|describes} the $s, an animal of $country.',
  ],
  person: [
    '$s is {a person|somebody|a friendly person} you {can|may} meet in $country.',
    '{This page|This article} tells you {about|something about} $s.',
  ],
  craft: [
    'The work of a $s is {old|well known} in $country.',
    '{This page|This article} {is about|explains} the work of a $s.',
  ],
  food: [
    '$s is a {dish|well known dish} of $country.',
    '{This page|This article} {is about|describes} $s, a dish of $country.',
  ],
  festival: [
    '$s is a {holiday|festival} in $country.',
    '{This page|This article} {is about|describes} the holiday $s.',
  ],
};

const sectionTitles = [
  'A page for $s',
  'What people say about $s',
  'A note on $s',
  'About $s',
  'The story of $s',
  '$s in a few words',
  'Learning about $s',
  'Why $s matters',
  'Things to know about $s',
  'Facts about $s',
];

export function encyclopediaArticle(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const fact = random.pick(book.facts);
  const subject = fact.subject;
  const slots = { s: subject, country: book.world.country };
  const title = capitalize(subject);
  const sentences = [
    sentence(random.pick(openings[fact.type]!), slots, random),
    ...narrator.about(subject, 5 + random.integer(3)),
  ];
  sentences.splice(3 + random.integer(2), 0, narrator.aside());
  const blocks: Block[] = [heading(title), ...paragraphs(sentences, random.integer)];
  const titles = random.shuffle([...sectionTitles]);
  for (const name of narrator.related(subject).slice(0, 2 + random.integer(2))) {
    const section = [...narrator.about(name, 3 + random.integer(3)), narrator.aside()];
    if (random.uniform() < 0.5) section.unshift(section.pop()!);
    blocks.push(
      heading(sentence(titles.pop()!, { s: name }, random)),
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
