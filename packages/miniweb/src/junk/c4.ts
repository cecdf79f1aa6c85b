/** Pages that exactly one C4 rule drops. */
import type { Random } from '@llm/core';
import { type Block, heading, paragraph } from '../content/block.js';
import { teller } from '../content/world-slots.js';
import plain from '../texts/junk/plain.json' with { type: 'json' };
import texts from '../texts/junk/sentences.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { fillerSentences, inParagraphs } from './filler.js';

/** A theme that somebody forgot to fill. */
export function loremIpsum(book: FactBook, random: Random): Block[] {
  const blocks = inParagraphs(fillerSentences(book, random, 16), 3);
  blocks.splice(1 + random.integer(4), 0, paragraph(plain.loremIpsum));
  return [heading(plain.headings.loremIpsum), ...blocks];
}

export function curlyBraces(book: FactBook, random: Random): Block[] {
  const blocks = inParagraphs(fillerSentences(book, random, 22), 2);
  for (const line of random.shuffle([...plain.code]).slice(0, 1 + random.integer(2)))
    blocks.splice(1 + random.integer(blocks.length - 1), 0, paragraph(line));
  return [heading(plain.headings.curlyBraces), ...blocks];
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

/** Every line is policy or "turn on JavaScript": C4 removes them all and nothing is left. */
export function policyOnly(book: FactBook, random: Random): Block[] {
  const { policies } = texts;
  const tell = teller(book.world, random);
  return random.shuffle([...policies, ...policies.slice(0, 2)]).map((pattern) => paragraph(tell(pattern)));
}
