/** Pages that exactly one C4 or FineWeb rule drops. */
import type { Random } from '@llm/core';
import { type Block, heading, paragraph } from '../content/block.js';
import { worldSlots } from '../content/world-slots.js';
import { capitalize, sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { fillerSentences } from './filler.js';
import { longWords } from './odd-words.js';

const sitting = (lines: readonly string[], per: number): Block[] => {
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; start += per)
    blocks.push(paragraph(...lines.slice(start, start + per)));
  return blocks;
};

/** A theme that somebody forgot to fill. */
export function loremIpsum(book: FactBook, random: Random): Block[] {
  const blocks = sitting(fillerSentences(book, random, 16), 3);
  blocks.splice(
    1 + random.integer(4),
    0,
    paragraph('Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.'),
  );
  return [heading('A new page for our town'), ...blocks];
}

const codeLines = [
  'function count(a, b) { return a + b; }',
  'if (lamp === true) { light(3); } else { sleep(); }',
  'while (rain) { wait(10); }',
  'class Boat { sail() { return this.wind; } }',
  'const town = { name: "here", roofs: "red" };',
  '.roof { color: red; margin: 0 auto; }',
];

export function curlyBraces(book: FactBook, random: Random): Block[] {
  const blocks = sitting(fillerSentences(book, random, 22), 2);
  for (const line of random.shuffle([...codeLines]).slice(0, 1 + random.integer(2)))
    blocks.splice(1 + random.integer(blocks.length - 1), 0, paragraph(line));
  return [heading('How to write small programs'), ...blocks];
}

/** Enough words, but only three sentences. */
export function fewSentences(book: FactBook, random: Random): Block[] {
  const joined = (sentences: readonly string[]): string => {
    const clauses = sentences.map((line) => line.replace(/[.!?"]/g, '').trim());
    return `${clauses[0]}, and then ${clauses.slice(1).join(', and after that ')}.`;
  };
  const lines = fillerSentences(book, random, 12);
  return [0, 4, 8].map((start) => paragraph(joined(lines.slice(start, start + 4))));
}

const policies = [
  '{This page|Our site} of $town uses cookies to {remember|count} the $things that {you|guests} {like|look at} on $day.',
  'By {reading|using} {this page|the $place page} you {accept|agree to} the terms of use {written|signed} by $person.',
  'The privacy policy {explains|says} how $first {keeps|counts} {letters|names} {in|from} $town {for|about} $number days.',
  'We use cookies {because|since} the $job from $town {wants|likes} to {know|see} {who|how many people} {come|comes} back.',
  'Our cookie policy was {changed|written} {on|last} $day {after|before} the {$weather meeting|meeting at the $place}.',
  'Questions about the use of cookies {can|may} be {asked|sent} to $otherFirst at the $place in $town.',
  'Please turn on JavaScript to {see|load} the {$colour|$adjective} {picture|map} of $town and its $place.',
  'Without JavaScript {the list|the map} of $things {in|from} $town {stays|is} {empty|$colour} on $day.',
];

/** Every line is policy or "turn on JavaScript": C4 removes them all and nothing is left. */
export function policyOnly(book: FactBook, random: Random): Block[] {
  return random
    .shuffle([...policies, ...policies.slice(0, 2)])
    .map((pattern) => paragraph(sentence(pattern, worldSlots(book.world, random), random)));
}

/** No line ends as a sentence does. */
export function unpunctuatedLines(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 20);
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; start += 2)
    blocks.push(paragraph(lines[start]!, `${lines[start + 1]!.replace(/[.!?"]+$/, '')} (read more)`));
  return [heading('Everything you want to know'), ...blocks];
}

const verses = [
  '$first has a $adjective $thing.',
  'The $place is $adjective now.',
  'I have the $thing of $first.',
  'We go to the $place.',
  'The $animal and the $thing.',
  '$first runs to $town.',
  'A $colour $thing is lost.',
  'The $job sings to you.',
  'On $day the $place sleeps.',
  'Come with me to $river.',
  'No $thing is so $adjective.',
  '$otherFirst and I walk home.',
  'The day is $weather again.',
  'You and $first know that.',
  '$number $things and a $thing.',
  'My $relative sees the $lake.',
];

/** A poem: most lines have at most 30 characters. */
export function shortLines(book: FactBook, random: Random): Block[] {
  const lines = new Set<string>();
  while (lines.size < 26) {
    const line = sentence(random.pick(verses), worldSlots(book.world, random), random);
    if (line.length <= 30) lines.add(line);
  }
  return [...lines].map((line) => paragraph(line));
}

/** One line of many appears twice: too little for Gopher, too much for FineWeb. */
export function oneLineTwice(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 32);
  const blocks = sitting(lines, 2);
  const repeated = lines.find((line) => line.length > 45 && line.length < 70) ?? lines[0]!;
  blocks.splice(2, 0, paragraph(repeated));
  blocks.push(paragraph(repeated));
  return [heading('A walk through the old town'), ...blocks];
}

/** Directory entries of three words a line. */
export function wordList(_book: FactBook, random: Random): Block[] {
  const wide = longWords.filter((word) => word.length > 13);
  const small = [
    'music',
    'books',
    'games',
    'boats',
    'horses',
    'flowers',
    'gardens',
    'travel',
    'health',
    'school',
    'weather',
    'markets',
    'kitchen',
    'winter',
    'summer',
    'history',
    'stories',
    'fishing',
    'painting',
    'bridges',
  ];
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
