/**
 * Pages that exactly one Gopher repetition rule drops: repeated
 * lines, one repeated n-gram, many n-grams repeated once.
 */
import type { Random } from '@llm/core';
import { type Block, heading, paragraph } from '../content/block.js';
import { capitalize } from '../patterns/phrase.js';
import { splitList } from '../patterns/split-list.js';
import { measureRepetition } from '../rules/rules.js';
import plain from '../texts/junk/plain.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { fillerSentences, fillerWords } from './filler.js';

/**
 * Few different lines, each several times: over 30 % of lines are
 * repeats. Short lines, as trafilatura drops long repeats itself.
 */
export function repeatedLines(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 24)
    .filter((line) => line.length < 95)
    .slice(0, 6);
  const told = [...lines, ...lines.slice(1), ...lines.slice(2)];
  return [heading(random.pick(plain.headings.repeatedLines)), ...told.map((line) => paragraph(line))];
}

/** Under 30 % of lines are repeats, but the repeated line is long and the others are short. */
export function repeatedLongLine(book: FactBook, random: Random): Block[] {
  const lines = fillerSentences(book, random, 60);
  const long = lines.filter((line) => line.length > 75 && line.length < 99)[0] ?? lines[0]!;
  const short = lines.filter((line) => line.length < 62 && line !== long).slice(0, 14);
  const blocks = short.map((line) => paragraph(line));
  for (let copy = 0; copy < 5; copy++) blocks.splice(2 + 3 * copy, 0, paragraph(long));
  return [heading(plain.headings.repeatedLongLine), ...blocks];
}

const spamPhrases = {
  2: splitList(plain.spamPhrases.two),
  3: splitList(plain.spamPhrases.three),
  4: splitList(plain.spamPhrases.four),
};

/** One spam phrase of `n` words (2, 3 or 4) again and again between ordinary words. */
export function repeatedPhrase(book: FactBook, random: Random, n: 2 | 3 | 4): Block[] {
  const phrase = random.pick(spamPhrases[n]);
  const words = fillerWords(book, random, 220 + random.integer(60));
  // The phrase's share of the characters: just over the rule
  // for its own length, so that no shorter part of it is over.
  const share = { 2: 0.26, 3: 0.24, 4: 0.23 }[n];
  const phraseLength = phrase.length;
  const gap = (phraseLength * (1 - share)) / share / 5.4;
  const mixed: string[] = [];
  let next = gap / 2;
  for (const [index, word] of words.entries()) {
    mixed.push(word);
    if (index >= next) {
      mixed.push(...phrase.split(' '));
      next += gap;
    }
  }
  return [heading(capitalize(`${phrase} ${plain.phraseHeadingEnd}`)), ...asLines(mixed, random)];
}

/**
 * Many different phrases of `n` words (5…10), each used twice: the
 * share of repeated n-grams passes the rule for n and no other.
 */
export function repeatedPassages(book: FactBook, random: Random, n: number): Block[] {
  const words = fillerWords(book, random, 520);
  const passages = fillerWords(book, random, 600);
  const reason = `duplicated_${n}_n_grams`;
  const pieces: string[][] = [];
  let repeated = 0;
  for (let start = 0; start < words.length; start += 12) pieces.push(words.slice(start, start + 12));
  for (let used = 0; (used + 1) * n <= passages.length; used++) {
    const passage = passages.slice(used * n, used * n + n);
    // Two copies at places of their own, or neighbouring copies would make longer repeats.
    const first = (2 * used * 7) % pieces.length;
    const second = ((2 * used + 1) * 7 + 3) % pieces.length;
    pieces[first] = [...pieces[first]!, ...passage, passages[passages.length - 1 - used]!];
    pieces[second] = [...pieces[second]!, ...passage, words[used]!];
    repeated += passage.join('').length;
    // The measurement is dear: it starts when the count of characters says that the rule is near.
    if (used % 2 === 0 || repeated / (words.join(' ').length + 2.4 * repeated) < (20 - n) / 100 - 0.02)
      continue;
    const blocks = [
      heading(plain.headings.repeatedPassages),
      ...pieces.map((piece) => paragraph(`${capitalize(piece.join(' '))}.`)),
    ];
    const text = blocks.map((block) => block.text).join('\n');
    if ((measureRepetition(text).find((value) => value.reason === reason)?.ratio ?? 0) > 1.035) return blocks;
  }
  return [];
}

function asLines(words: readonly string[], random: Random): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < words.length; ) {
    const count = 14 + random.integer(12);
    blocks.push(paragraph(`${capitalize(words.slice(start, start + count).join(' '))}.`));
    start += count;
  }
  return blocks;
}
