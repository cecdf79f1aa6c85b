/**
 * What a model that reads tokens finds hard: the letters inside them. Spelling a word, counting a letter in
 * it, and sorting. Training and held-out tasks have no word, and no list, in common.
 */
import type { Part, Task, TaskSet } from '@llm/core';
import { checkNumber, messageText } from '@llm/core';
import { type DrawTasksOptions, drawTasks } from './draw-tasks.js';
import { finalAnswerReward } from './final-answer.js';

export interface WordTasksOptions extends DrawTasksOptions {
  /** Letters only are used; what has none is left out. */
  readonly words: readonly string[];
}

const lettersOf = (word: string): string[] => [...word.normalize('NFC').toLowerCase()];

/** Each word once. Throws `core/option-invalid` and `rl/too-few-tasks`. */
export function spellingTasks(options: WordTasksOptions): TaskSet {
  const words = usable(options.words);
  return drawTasks(
    'spelling',
    options,
    (random) => {
      const word = words[random.integer(words.length)]!;
      return {
        id: word,
        question: `Spell the word "${word}", letter by letter, with a space between letters.`,
        answer: lettersOf(word).join(' '),
      };
    },
    spellingReward,
  );
}

/** 1 when the last line that has letters is the letters alone, between spaces, commas or hyphens. */
function spellingReward({ answer }: Task, completion: readonly Part[]): number {
  const lines = messageText(completion).normalize('NFC').toLowerCase().split('\n');
  const last = lines.filter((line) => /\p{L}/u.test(line)).at(-1) ?? '';
  const said = last
    .replace(/^[^:]*:/, '')
    .split(/[\s,\-–.]+/u)
    .filter((part) => part !== '');
  return said.join(' ') === answer ? 1 : 0;
}

/** Letters that are in the word and letters that are not. Throws as `spellingTasks`. */
export function letterCountTasks(options: WordTasksOptions): TaskSet {
  const words = usable(options.words);
  // By word, so that no held-out word was counted in training.
  const letterOf = new Map<string, string>();
  return drawTasks(
    'letter-count',
    options,
    (random) => {
      const word = words[random.integer(words.length)]!;
      const letters = lettersOf(word);
      const others = 'abcdefghijklmnopqrstuvwxyz';
      const drawn =
        random.uniform() < 0.85
          ? letters[random.integer(letters.length)]!
          : others[random.integer(others.length)]!;
      const letter = letterOf.get(word) ?? drawn;
      letterOf.set(word, letter);
      const count = letters.filter((each) => each === letter).length;
      return {
        id: word,
        question: `How many times does the letter "${letter}" occur in "${word}"?`,
        answer: `${count}`,
        metadata: { word, letter },
      };
    },
    finalAnswerReward('flexible'),
  );
}

export interface SortingTasksOptions extends DrawTasksOptions {
  /** Numbers in a list, 2 to 50. Default 5. */
  readonly length?: number | undefined;
  /** Numbers are from 0 to below this. Default 100. */
  readonly below?: number | undefined;
}

/** Lists of numbers to be put in rising order. Throws as `spellingTasks`. */
export function sortingTasks(options: SortingTasksOptions): TaskSet {
  const { length = 5, below = 100 } = options;
  checkNumber('length', length, { minimum: 2, maximum: 50, integer: true });
  checkNumber('below', below, { minimum: 2, maximum: 1_000_000, integer: true });
  return drawTasks(
    'sorting',
    options,
    (random) => {
      const numbers = Array.from({ length }, () => random.integer(below));
      const sorted = [...numbers].sort((a, b) => a - b);
      return {
        id: sorted.join(' '),
        question: `Sort these numbers from the smallest to the greatest: ${numbers.join(', ')}.`,
        answer: sorted.join(', '),
      };
    },
    sortingReward,
  );
}

/** 1 when the last so many numbers of the answer are the list. */
function sortingReward({ answer }: Task, completion: readonly Part[]): number {
  const wanted = answer.split(', ');
  const said = messageText(completion).match(/\d+/g) ?? [];
  return said.slice(-wanted.length).map(Number).join(', ') === answer ? 1 : 0;
}

function usable(words: readonly string[]): readonly string[] {
  const letters = words.filter((word) => /^\p{L}+$/u.test(word));
  checkNumber('words.length', letters.length, { minimum: 1 });
  return letters;
}
