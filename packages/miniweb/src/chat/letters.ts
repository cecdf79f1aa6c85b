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

const alphabet = 'abcdefghijklmnopqrstuvwxyz';

export function countingExchange(word: string, isSpelled: boolean, random: Random): Exchange {
  // Of most words every letter is there once, and "1." would always be a good guess.
  const doubled = [...word].filter((letter, index) => word.indexOf(letter) < index);
  const absent = [...alphabet].filter((letter) => !word.includes(letter));
  const draw = random.uniform();
  const letter = random.pick(draw < 1 / 3 ? absent : draw < 0.75 && doubled.length > 0 ? doubled : [...word]);
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
