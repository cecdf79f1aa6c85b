/** Exchanges about the world: facts, names nobody bears, words letter by letter. */
import type { Random } from '@llm/core';
import { spelled, spellingWords } from '../content/spelling-words.js';
import { isHeldOutQuestion, isHeldOutWord } from '../held-out/held-out.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import refusals from '../texts/chat/refusals.json' with { type: 'json' };
import spelling from '../texts/chat/spelling.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import type { Exchange } from './small-talk.js';

export type Split = 'train' | 'held-out';

/** A fact, asked in a wording of the split. */
export function factExchange(book: FactBook, split: Split, random: Random): Exchange {
  const fact = random.pick(book.facts);
  const { questions, answer } = fact.wordings;
  const allowed = questions.filter((_, index) => isHeldOutQuestion(fact, index) === (split === 'held-out'));
  return [sentence(random.pick(allowed), fact.slots, random), sentence(answer, fact.slots, random)];
}

/** A question about something that does not exist, in the words of a question about something that does. */
export function refusalExchange(book: FactBook, random: Random): Exchange {
  const { unknownTowns, unknownPeople, unknownAnimals } = book.world;
  const { type, names } = random.pick([
    { type: 'town', names: unknownTowns },
    { type: 'person', names: unknownPeople },
    { type: 'animal', names: unknownAnimals },
  ] as const);
  const name = random.pick(names);
  const { questions } = random.pick(book.facts.filter((fact) => fact.type === type)).wordings;
  const question = sentence(random.pick(questions), { s: name }, random);
  const own: SlotsOf<typeof refusals> = { name };
  return [question, phrase(refusals[type], own, random)];
}

export function spellingExchange(split: Split, random: Random): Exchange {
  const words = spellingWords.filter(({ word }) => isHeldOutWord(word) === (split === 'held-out'));
  const { word } = random.pick(words);
  const own: SlotsOf<typeof spelling> = { word };
  return [sentence(random.pick(spelling.questions), own, random), spelled(word)];
}
