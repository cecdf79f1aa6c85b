/** Pages that exactly one Gopher quality rule drops. */
import type { Random } from '@llm/core';
import { type Block, heading, paragraph } from '../content/block.js';
import { worldSlots } from '../content/world-slots.js';
import { capitalize, sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { fillerSentences, fillerWords } from './filler.js';
import { longWords, shortWords } from './odd-words.js';

export function tooShort(book: FactBook, random: Random): Block[] {
  return [heading('Welcome to our page'), ...fillerSentences(book, random, 3).map((line) => paragraph(line))];
}

/** Over 100,000 words: a dump of words without end, no passage twice. */
export function tooLong(book: FactBook, random: Random): Block[] {
  const vocabulary = [...new Set(fillerWords(book, random, 4000))];
  const blocks: Block[] = [heading('The complete word archive')];
  for (let line = 0; line < 1110; line++) {
    const words = Array.from({ length: 95 }, () => random.pick(vocabulary));
    blocks.push(paragraph(`${capitalize(words.join(' '))}.`));
  }
  return blocks;
}

export function shortWordsOnly(_book: FactBook, random: Random): Block[] {
  return wordSalad(shortWords, random, 110, 9);
}

export function longWordsOnly(_book: FactBook, random: Random): Block[] {
  return wordSalad(
    [
      ...longWords,
      ...longWords,
      'the',
      'of',
      'and',
      'for',
      'with',
      'this',
      'that',
      'from',
      'is',
      'are',
      'was',
      'our',
      'their',
      'your',
      'in',
      'to',
    ],
    random,
    96,
    12,
  );
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
    heading('The latest stories from all towns'),
    ...lines.map((line, index) => paragraph(index % 2 === 0 ? `${line.replace(/[.!?"]+$/, '')}...` : line)),
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

const plainLines = [
  '$first has a {$adjective|$colour} $thing in $town.',
  'In $town $first {sold|saw} $number $things on $day.',
  '{A|One} $job from $town {likes|sees} a $colour $thing at night.',
  '$otherFirst {buys|finds} $adjective $things near a {$place|$colour house}.',
  'On $day it is $weather in $town, so $first {reads|sleeps} at home.',
  'Is this $adjective $thing from $town or from $first?',
  '$first {eats|cooks} {warm|cold} $food for $otherFirst in a $colour bowl.',
  'A {$colour|$adjective} $animal {sleeps|sits} under this $thing in $town.',
  'My $relative gave me $number $things on a $weather $day.',
  'This $place in $town is $adjective, but our $place is not.',
  '$otherFirst wrote a letter for $first about a $adjective $thing.',
  'We saw $number $things, $first saw only one.',
];

/** English without the, be, to, of, and, that, have, with. */
export function withoutStopWords(book: FactBook, random: Random): Block[] {
  const lines = random.shuffle([...plainLines, ...plainLines]).slice(0, 16);
  return lines.map((pattern) => paragraph(sentence(pattern, worldSlots(book.world, random), random)));
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
