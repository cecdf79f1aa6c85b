/** Exchanges about the world: facts, names nobody bears, words letter by letter. */
import type { Random } from '@llm/core';
import { spelled, spellingWords } from '../content/lesson-words.js';
import { sentence } from '../text/phrase.js';
import type { EntityType, FactBook } from '../world/facts.js';
import { isHeldOutQuestion, isHeldOutWord } from '../world/held-out.js';
import { relation } from '../world/relations.js';
import type { Exchange } from './small-talk.js';

export type Split = 'train' | 'held-out';

/** A fact, asked in a wording of the split. */
export function factExchange(book: FactBook, split: Split, random: Random): Exchange {
  const fact = random.pick(book.facts);
  const { questions, answer } = relation(fact.relation);
  const allowed = questions.filter((_, index) => isHeldOutQuestion(fact, index) === (split === 'held-out'));
  return [sentence(random.pick(allowed), fact.slots, random), sentence(answer, fact.slots, random)];
}

/** A question about something that does not exist, in the words of a question about something that does. */
export function refusalExchange(book: FactBook, random: Random): Exchange {
  const unknown = random.pick([
    { type: 'town' as EntityType, names: book.world.unknownTowns, what: 'a town called' },
    { type: 'person' as EntityType, names: book.world.unknownPeople, what: 'anyone called' },
    { type: 'animal' as EntityType, names: book.world.unknownAnimals, what: 'an animal called' },
  ]);
  const name = random.pick(unknown.names);
  const pattern = random.pick(book.facts.filter((fact) => fact.type === unknown.type)).relation;
  const question = sentence(random.pick(relation(pattern).questions), { s: name }, random);
  return [question, `I don't know ${unknown.what} ${name}.`];
}

export function spellingExchange(split: Split, random: Random): Exchange {
  const words = spellingWords.filter(({ word }) => isHeldOutWord(word) === (split === 'held-out'));
  const { word } = random.pick(words);
  const question = sentence(
    random.pick([
      'How do you spell {$w|the word $w}?',
      'Spell {$w|the word $w}.',
      'Can you spell $w?',
      'Please spell {$w|the word $w} for me.',
      'What are the letters of $w?',
    ]),
    { w: word },
    random,
  );
  return [question, spelled(word)];
}
