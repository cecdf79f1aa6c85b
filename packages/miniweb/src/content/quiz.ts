/** A quiz: questions about the world, each with its answer behind it, short or as a sentence. */
import type { Random } from '@llm/core';
import { capitalize, type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/quiz.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { drawAskedFacts, openQuestion } from './questions.js';
import { teller, worldSlots } from './world-slots.js';

export function quizPage(book: FactBook, random: Random): Content {
  const narrator = new Narrator(book, random);
  const tell = teller(book.world, random);
  const title = tell(random.pick(texts.titles));
  const blocks: Block[] = [heading(title), paragraph(tell(random.pick(texts.openings)))];
  for (const fact of drawAskedFacts(book, random, 13 + random.integer(5))) {
    const own: SlotsOf<typeof texts> = {
      question: openQuestion(fact, random),
      answer:
        random.uniform() < 0.3
          ? `${capitalize(fact.object)}.`
          : sentence(fact.wordings.answer, fact.slots, random),
    };
    blocks.push(
      paragraph(
        sentence(
          random.uniform() < 0.6 ? texts.forms[0]! : random.pick(texts.forms),
          { ...worldSlots(book.world, random), ...own },
          random,
        ),
      ),
    );
  }
  blocks.push(paragraph(narrator.aside()));
  return { title, blocks, slug: slugOf(title) };
}
