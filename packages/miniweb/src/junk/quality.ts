/** Pages that exactly one Gopher quality rule drops. */
import type { Random } from '@llm/core';
import { type Block, heading, paragraph } from '../content/block.js';
import { teller } from '../content/world-slots.js';
import { capitalize } from '../patterns/phrase.js';
import { splitLists } from '../patterns/split-list.js';
import plain from '../texts/junk/plain.json' with { type: 'json' };
import texts from '../texts/junk/sentences.json' with { type: 'json' };
import wordTexts from '../texts/junk/words.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { fillerSentences, fillerWords, inParagraphs, withoutStop } from './filler.js';

const { short, long, amongLong } = splitLists(wordTexts.words);

export function tooShort(book: FactBook, random: Random): Block[] {
  return [heading(plain.headings.tooShort), ...inParagraphs(fillerSentences(book, random, 3), 1)];
}

/** Over 100,000 words: a dump of words without end, no passage twice. */
export function tooLong(book: FactBook, random: Random): Block[] {
  const vocabulary = [...new Set(fillerWords(book, random, 4000))];
  const blocks: Block[] = [heading(plain.headings.tooLong)];
  for (let line = 0; line < 1110; line++) {
    const words = Array.from({ length: 95 }, () => random.pick(vocabulary));
    blocks.push(paragraph(`${capitalize(words.join(' '))}.`));
  }
  return blocks;
}

export function shortWordsOnly(_book: FactBook, random: Random): Block[] {
  return wordSalad(short, random, 110, 9);
}

export function longWordsOnly(_book: FactBook, random: Random): Block[] {
  return wordSalad([...long, ...long, ...amongLong], random, 96, 12);
}

export function hashTags(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 12);
  return lines.map((line) => paragraph(everyNth(line, 4 + random.integer(2), (word) => `#${word}`)));
}

export function ellipses(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 12);
  return lines.map((line) => paragraph(everyNth(line, 5, (word) => `${word}...`)));
}

/** No heading: every line must be a bullet. */
export function bulletsOnly(book: FactBook, random: Random): Block[] {
  return fillerSentences(book, random, 14 + random.integer(8)).map((line) => paragraph(`• ${line}`));
}

/** Teasers: more than 30 % of the lines break off. */
export function brokenOffLines(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 30)
    .filter((line) => line.split(' ').length > 9)
    .slice(0, 14);
  return [
    heading(plain.headings.brokenOffLines),
    ...lines.map((line, index) => paragraph(index % 2 === 0 ? `${withoutStop(line)}...` : line)),
  ];
}

/** Price lists and tables flattened to text: numbers and signs where words should be. */
export function symbolSoup(book: FactBook, random: Random): Block[] {
  const number = (): string => String(1 + random.integer(990));
  return fillerSentences(book, random, 14).map((line) =>
    paragraph(
      everyNth(line, 3, (word) => `${word} ${number()} / ${number()} ${random.pick(['=', '+', '%', '*'])}`),
    ),
  );
}

/** English without the, be, to, of, and, that, have, with. */
export function withoutStopWords(book: FactBook, random: Random): Block[] {
  const lines = random.shuffle([...texts.withoutStopWords, ...texts.withoutStopWords]).slice(0, 16);
  return lines.map(teller(book.world, random)).map((line) => paragraph(line));
}

function everyNth(line: string, n: number, change: (word: string) => string): string {
  return line
    .split(' ')
    .map((word, index) => (index % n === n - 1 ? change(word.replace(/[.,!?:"]+$/, '')) : word))
    .join(' ');
}

function wordSalad(words: readonly string[], random: Random, count: number, perLine: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < count; start += perLine) {
    const line = random.shuffle([...words]).slice(0, perLine);
    blocks.push(paragraph(`${capitalize(line.join(' '))}.`));
  }
  return blocks;
}
