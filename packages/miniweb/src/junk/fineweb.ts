/** Pages that exactly one FineWeb rule drops. */
import type { Random } from '@llm/core';
import { type Block, heading, paragraph } from '../content/block.js';
import { teller } from '../content/world-slots.js';
import { capitalize } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import plain from '../texts/junk/plain.json' with { type: 'json' };
import texts from '../texts/junk/sentences.json' with { type: 'json' };
import wordTexts from '../texts/junk/words.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { fillerSentences, inParagraphs, withoutStop } from './filler.js';

/** No line ends as a sentence does. */
export function unpunctuatedLines(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 20);
  const open = lines.map((line, index) =>
    index % 2 === 0 ? line : `${withoutStop(line)} ${plain.readMore}`,
  );
  return [heading(plain.headings.unpunctuatedLines), ...inParagraphs(open, 2)];
}

/** A poem: most lines have at most 30 characters. */
export function shortLines(book: FactBook, random: Random): Block[] {
  const tell = teller(book.world, random);
  const lines = new Set<string>();
  while (lines.size < 26) {
    const line = tell(random.pick(texts.verses));
    if (line.length <= 30) lines.add(line);
  }
  return [...lines].map((line) => paragraph(line));
}

/** One line of many appears twice: too little for Gopher, too much for FineWeb. */
export function oneLineTwice(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 32);
  const blocks = inParagraphs(lines, 2);
  const repeated = lines.find((line) => line.length > 45 && line.length < 70) ?? lines[0]!;
  blocks.splice(2, 0, paragraph(repeated));
  blocks.push(paragraph(repeated));
  return [heading(plain.headings.oneLineTwice), ...blocks];
}

const wide = splitList(wordTexts.words.long).filter((word) => word.length > 13);
const small = splitList(wordTexts.words.directory);

/** Directory entries of three words a line. */
export function directory(_book: FactBook, random: Random): Block[] {
  const entries = new Set<string>();
  while (entries.size < 72) {
    const line = entries.size;
    const words =
      line % 2 === 0
        ? [random.pick(wide), random.pick(['and', 'with', 'for']), random.pick(wide)]
        : [random.pick(small), random.pick(['and', 'of', 'with', 'for']), random.pick(small)];
    if (words[0] !== words[2]) entries.add(capitalize(words.join(' ')) + (line % 7 === 3 ? '.' : ''));
  }
  return [...entries].map((entry) => paragraph(entry));
}
