/** Letters of words: spelled, and counted at once or after spelling. A model sees tokens, not letters. */
import type { Random } from '@llm/core';
import { freshName } from '../content/fresh-names.js';
import { spelled, spellingWords } from '../content/spelling-words.js';
import { slotWords } from '../content/world-slots.js';
import type { Split } from '../held-out/held-out.js';
import { isHeldOutWord } from '../held-out/held-out.js';
import { phrase, type SlotsOf, sentence } from '../patterns/phrase.js';
import counting from '../texts/chat/counting.json' with { type: 'json' };
import spelling from '../texts/chat/spelling.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import type { Exchange } from './small-talk.js';

/** Words of the world, most of them one token, or made-up ones, which are several. */
export type WordSource = 'words' | 'fresh';

const { thing, things, adjective, place, weather, colour, relative } = slotWords;
const ownWords = [...new Set([thing, things, adjective, place, weather, colour, relative].flat())];
const words = [...new Set([...spellingWords.map(({ word }) => word), ...ownWords])].filter((word) =>
  /^[a-z]+$/.test(word),
);

export function drawWord(book: FactBook, source: WordSource, split: Split, random: Random): string {
  for (;;) {
    const word = source === 'words' ? random.pick(words) : freshName(book, 'animal', random).slice(0, 8);
    if (isHeldOutWord(word) === (split === 'held-out')) return word;
  }
}

export function spellingExchange(word: string, random: Random): Exchange {
  const own: SlotsOf<typeof spelling> = { word };
  return [sentence(random.pick(spelling.questions), own, random), spelled(word)];
}

export function countingExchange(word: string, isSpelled: boolean, random: Random): Exchange {
  // Half of the letters asked for are doubled where a word has one that is.
  const doubled = [...word].filter((letter, index) => word.indexOf(letter) < index);
  const letter = doubled.length > 0 && random.uniform() < 0.6 ? random.pick(doubled) : random.pick([...word]);
  const own: SlotsOf<typeof counting> = {
    letter,
    word,
    letters: spelled(word),
    count: String([...word].filter((other) => other === letter).length),
  };
  return isSpelled
    ? [
        phrase(random.pick(counting.spelledQuestions), own, random),
        phrase(counting.spelledAnswer, own, random),
      ]
    : [phrase(random.pick(counting.questions), own, random), phrase(counting.answer, own, random)];
}
