/** A school lesson: additions inside small stories, never an operand pair that is held out. */
import type { Random } from '@llm/core';
import { drawOpenPair } from '../held-out/operands.js';
import { type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/arithmetic-lesson.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { worldSlots } from './world-slots.js';

export function arithmeticLesson(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const opening = worldSlots(world, random);
  const title = sentence(random.pick(texts.titles), opening, random);
  const blocks: Block[] = [
    heading(title),
    paragraph(narrator.aside(), ...narrator.about(random.pick(world.people).name, 1)),
  ];
  const count = 4 + random.integer(2);
  const remarks = random.shuffle([...texts.remarks]);
  for (let exercise = 0; exercise < count; exercise++) {
    const [a, b] = drawOpenPair(random);
    const numbers: SlotsOf<typeof texts> = { a: String(a), b: String(b), sum: String(a + b) };
    const slots = { ...worldSlots(world, random), ...numbers };
    const tell = (pattern: string): string => sentence(pattern, slots, random);
    blocks.push(
      paragraph(
        tell(random.pick(texts.situations)),
        tell(random.pick(texts.questions)),
        tell(random.pick(texts.solutions)),
        tell(remarks[exercise % remarks.length]!),
        narrator.aside(),
      ),
    );
  }
  return { title, blocks, slug: slugOf(title) };
}
