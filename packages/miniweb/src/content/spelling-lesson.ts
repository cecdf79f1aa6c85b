/** A school lesson: words spelled letter by letter, never one that is held out. */
import type { Random } from '@llm/core';
import { isHeldOutWord } from '../held-out/held-out.js';
import { type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/spelling-lesson.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { spelled, spellingWords } from './spelling-words.js';
import { worldSlots } from './world-slots.js';

const numerals = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

export function spellingLesson(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const opening = worldSlots(world, random);
  const title = sentence(random.pick(texts.titles), opening, random);
  const blocks: Block[] = [heading(title), paragraph(narrator.aside(), narrator.aside())];
  const words = random.shuffle(spellingWords.filter(({ word }) => !isHeldOutWord(word)));
  for (const { word, where } of words.slice(0, 5 + random.integer(2))) {
    const spelling: SlotsOf<typeof texts> = {
      word,
      where,
      letters: spelled(word),
      initial: word[0]!,
      length: numerals[word.length] ?? 'many',
    };
    const slots = { ...worldSlots(world, random), ...spelling };
    const tell = (pattern: string): string => sentence(pattern, slots, random);
    blocks.push(
      paragraph(
        tell(random.pick(texts.spellings)),
        tell(random.pick(texts.uses)),
        narrator.aside(),
        narrator.state(random.pick(book.facts)),
      ),
    );
  }
  return { title, blocks, slug: slugOf(title) };
}
