/**
 * A phrase book: English explanations around sentences of six languages. lid.176
 * calls it English, but with little confidence. Its sentences are fixed (the
 * score of a bag of n-grams moves with every word) and only their order varies.
 */
import type { Random } from '@llm/core';
import { type Content, heading, paragraph } from '../content/block.js';
import texts from '../texts/languages/phrase-book.json' with { type: 'json' };

export function phraseBook(random: Random): Content {
  const lines = random.shuffle([...texts.lines]).map((line) => paragraph(line));
  return { title: texts.title, blocks: [heading(texts.title), ...lines], slug: 'phrase-book' };
}
