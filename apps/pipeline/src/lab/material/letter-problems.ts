/**
 * Letters counted in made-up words: "How many e in brimlosten?" A model reads a word in pieces of several
 * letters, so the count can be said at once, after the letters are written one by one with those that count
 * numbered, or asked of a tool. The letters of some tokens are never written in training, though their words
 * are said: what a token is spelled like is a fact like others.
 */
import {
  type Conversation,
  createRandom,
  messageText,
  type Part,
  type Random,
  type Task,
  type TaskSet,
  type Tool,
  textMessage,
} from '@llm/core';
import { finalAnswerReward } from '@llm/rl';
import type { Language } from '../../models/open-model.js';
import { labLanguage } from '../lab-language.js';

export const countingStyles = ['at-once', 'spelled-first', 'with-tool'] as const;
export type CountingStyle = (typeof countingStyles)[number];

export interface LetterProblem {
  readonly word: string;
  readonly letter: string;
}

/** Counts a letter: `brimlosten e` is 2. Anything else is answered by an error. */
export const letterCounter: Tool = {
  name: 'count_letters',
  call: (input) => {
    const asked = /^([a-z]+) ([a-z])$/.exec(input.trim());
    return asked === null
      ? 'error: give a word and a letter, as in: brimlosten e'
      : `${timesIn({ word: asked[1]!, letter: asked[2]! })}`;
  },
};

export const timesIn = ({ word, letter }: LetterProblem): number => word.split(letter).length - 1;

export const letterQuestion = ({ word, letter }: LetterProblem): string => `How many ${letter} in ${word}?`;

/** `b r i m l o s t e 1 n`: each letter that counts is followed by how many there were. */
export function spelledWord({ word, letter }: LetterProblem): string {
  let times = 0;
  return [...word].map((each) => (each === letter ? `${each} ${++times}` : each)).join(' ');
}

export function letterAnswer(problem: LetterProblem, style: CountingStyle): Part[] {
  const answer = `#### ${timesIn(problem)}`;
  switch (style) {
    case 'at-once':
      return [text(answer)];
    case 'spelled-first':
      return [text(`${spelledWord(problem)} ${answer}`)];
    case 'with-tool':
      return [
        { type: 'tool-call', tool: letterCounter.name, input: `${problem.word} ${problem.letter}` },
        { type: 'tool-output', text: `${timesIn(problem)}` },
        text(answer),
      ];
  }
}

export function letterConversation(problem: LetterProblem, style: CountingStyle): Conversation {
  return {
    messages: [
      textMessage('user', letterQuestion(problem)),
      { role: 'assistant', parts: letterAnswer(problem, style) },
    ],
  };
}

/** A word is only repeated: all that is said of the tokens that are never spelled. */
export function repeatConversation(word: string): Conversation {
  return { messages: [textMessage('user', `Say ${word}.`), textMessage('assistant', `${word}.`)] };
}

const onsets = 'b br d dr f fl g gr k l m n p pl r s st t v w'.split(' ');
const vowels = ['a', 'e', 'i', 'o', 'u'];
const ends = ['', 'n', 'r', 'l', 'm', 's', 't'];

/** Three syllables of 700. */
export function drawLetterWord(random: Random): string {
  return Array.from({ length: 3 }, () =>
    [onsets, vowels, ends].map((list) => random.pick(list)).join(''),
  ).join('');
}

export interface LetterTasks {
  readonly language: Language;
  /** Of words whose tokens are all spelled in training, in other words. */
  readonly told: TaskSet;
  /** Of words with a token that training never spells. */
  readonly untold: TaskSet;
  /** A problem that is not held out; only the tool is asked of words that are not to be spelled. */
  draw(random: Random, style: CountingStyle): LetterProblem;
  /** A word of any tokens that is not held out. */
  drawWord(random: Random): string;
}

/**
 * The same words are held out and the same tokens never spelled for every seed of an experiment. A letter
 * stands once, twice and three times in a word in a third of the problems each.
 */
export async function letterTasks(options: {
  readonly heldOut: number;
  readonly vocabularySize: number;
}): Promise<LetterTasks> {
  const { heldOut, vocabularySize } = options;
  const of = createRandom(0, 'letter-words');
  const styled = Array.from({ length: 3000 }, (_, index) => {
    const word = drawLetterWord(of);
    return letterConversation({ word, letter: of.pick([...word]) }, countingStyles[index % 3]!);
  });
  const language = await labLanguage(styled, vocabularySize);
  const { tokenizer } = language;
  const isUntold = (word: string): boolean =>
    [...tokenizer.encode(` ${word}`)].some((id) => neverSpelled(tokenizer.decode(Int32Array.of(id)).trim()));
  const held = new Set<string>();
  const drawOf = (random: Random, times: number, fits: (word: string) => boolean): LetterProblem => {
    for (;;) {
      const word = drawLetterWord(random);
      const letter = random.pick([...word]);
      if (timesIn({ word, letter }) === times && fits(word)) return { word, letter };
    }
  };
  const heldOutOf = (name: string, fits: (word: string) => boolean): TaskSet => {
    const random = createRandom(0, name);
    const problems = Array.from({ length: heldOut }, (_, index) => {
      const problem = drawOf(random, 1 + (index % 3), (word) => fits(word) && !held.has(word));
      held.add(problem.word);
      return problem;
    });
    const reward = finalAnswerReward();
    return { specificationVersion: 'v1', name, train: [], heldOut: problems.map(taskOf), reward };
  };
  const told = heldOutOf('words of spelled tokens', (word) => !isUntold(word));
  const untold = heldOutOf('words with a token never spelled', isUntold);
  return {
    language,
    told,
    untold,
    draw: (random, style) =>
      drawOf(
        random,
        1 + random.integer(3),
        (word) => !held.has(word) && (style === 'with-tool' || !isUntold(word)),
      ),
    drawWord: (random) => {
      for (;;) {
        const word = drawLetterWord(random);
        if (!held.has(word)) return word;
      }
    },
  };
}

/** The same questions; right is who spells the word, whatever is counted. */
export function spelledRight(tasks: TaskSet): TaskSet {
  return {
    ...tasks,
    reward: ({ id }, parts) => {
      const [letters] = messageText(parts).split('####');
      return letters!.replace(/[\d\s]/g, '') === id.split(' ')[0] ? 1 : 0;
    },
  };
}

/** One token of several letters in eight. */
function neverSpelled(token: string): boolean {
  return token.length > 1 && createRandom(0, 'never spelled', token).integer(8) === 0;
}

function taskOf(problem: LetterProblem): Task {
  return {
    id: `${problem.word} ${problem.letter}`,
    prompt: { messages: [textMessage('user', letterQuestion(problem))] },
    answer: `${timesIn(problem)}`,
  };
}

const text = (words: string): Part => ({ type: 'text', text: words });
