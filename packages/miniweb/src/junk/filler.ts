/** Ordinary sentences of the world to build junk from, each different. */
import type { Random } from '@llm/core';
import { type Block, paragraph } from '../content/block.js';
import { Narrator } from '../content/narrator.js';
import type { FactBook } from '../world/facts.js';

export function fillerSentences(book: FactBook, random: Random, count: number): string[] {
  const narrator = new Narrator(book, random);
  const sentences = new Set<string>();
  while (sentences.size < count) {
    const fact = random.pick(book.facts);
    const useAside = random.uniform() < 0.4 && sentences.size < 40;
    if (useAside || narrator.take(fact)) sentences.add(useAside ? narrator.aside() : narrator.state(fact));
  }
  return [...sentences];
}

/** Filler words without punctuation, lower case: nothing in them marks where a sentence ended. */
export function fillerWords(book: FactBook, random: Random, count: number): string[] {
  const words: string[] = [];
  while (words.length < count) {
    for (const sentence of fillerSentences(book, random, 30))
      words.push(
        ...sentence
          .toLowerCase()
          .replace(/[^a-z ]/g, '')
          .split(/ +/)
          .filter((word) => word !== ''),
      );
  }
  return words.slice(0, count);
}

/** `per` lines a paragraph. */
export function inParagraphs(lines: readonly string[], per: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; start += per)
    blocks.push(paragraph(...lines.slice(start, start + per)));
  return blocks;
}

/** A sentence without the marks that end it. */
export function withoutStop(line: string): string {
  return line.replace(/[.!?"]+$/, '');
}
