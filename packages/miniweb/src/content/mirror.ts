/**
 * A copy of a text with as many of its words and sentences changed as a wanted shingle similarity asks for.
 */
import type { Random } from '@llm/core';
import { jaccard, shingles } from '../rules/shingles.js';
import { type Block, blocksToText } from './block.js';
import { slotWords } from './world-slots.js';

export interface Mirror {
  readonly blocks: readonly Block[];
  /** Exact. */
  readonly jaccard: number;
}

/** `fresh` gives sentences to put in place of the original's. A `similarity` of 1 is an exact copy. */
export function mirror(
  original: readonly Block[],
  similarity: number,
  fresh: readonly string[],
  random: Random,
): Mirror {
  const source = shingles(blocksToText(original));
  const blocks = original.map((block) => ({ ...block }));
  const similarityNow = (): number => jaccard(source, shingles(blocksToText(blocks)));
  let now = similarityNow();
  const replacements = [...fresh];
  const places = random.shuffle(
    blocks.flatMap((block, index) =>
      block.type === 'paragraph'
        ? block.text.split(/(?<=[.!?]) (?=\p{Lu}|")/u).map((sentence) => ({ index, sentence }))
        : [],
    ),
  );
  // Whole sentences while the way is long; each is about one in twenty of the text.
  for (const { index, sentence } of places) {
    if (now <= similarity + 0.06) break;
    const replacement = replacements.pop();
    if (replacement === undefined) break;
    const block = blocks[index]!;
    blocks[index] = { ...block, text: block.text.replace(sentence, () => replacement) };
    now = similarityNow();
  }
  // Then single words, five shingles each.
  for (let attempt = 0; attempt < 60 && now > similarity + 0.01; attempt++) {
    const index = random.integer(blocks.length);
    const block = blocks[index]!;
    if (block.type !== 'paragraph') continue;
    const words = block.text.split(' ');
    const position = random.integer(words.length);
    if (!/^[a-z]{3,}$/.test(words[position]!)) continue;
    words[position] = random.pick(slotWords.thing);
    blocks[index] = { ...block, text: words.join(' ') };
    now = similarityNow();
  }
  return { blocks, jaccard: now };
}
