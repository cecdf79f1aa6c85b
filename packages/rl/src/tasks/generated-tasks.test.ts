import type { Task, TaskSet } from '@llm/core';
import { messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { arithmeticTasks } from './arithmetic-tasks.js';
import { countdownTasks } from './countdown-tasks.js';
import { letterCountTasks, sortingTasks, spellingTasks } from './word-tasks.js';

const say = (text: string) => [{ type: 'text', text } as const];
const questionOf = ({ prompt }: Task): string => messageText(prompt.messages[0]!.parts);
const words = ['strawberry', 'banana', 'Käse', 'a', 'mississippi', 'x1', 'zoo'];
const sizes = { train: 40, heldOut: 20, seed: 1 };
const all = ({ train, heldOut }: TaskSet): readonly Task[] => [...train, ...heldOut];

describe('every set', () => {
  test.each<[string, () => TaskSet]>([
    ['arithmetic', () => arithmeticTasks(sizes)],
    ['countdown', () => countdownTasks(sizes)],
    ['countdown with all operators', () => countdownTasks({ ...sizes, allOperators: true, numbers: 4 })],
    ['sorting', () => sortingTasks(sizes)],
    ['spelling', () => spellingTasks({ words, train: 4, heldOut: 2 })],
    ['letter counts', () => letterCountTasks({ words, train: 4, heldOut: 2 })],
  ])('%s: as many as asked for, all different, the same for the same seed', (_, create) => {
    const set = create();
    expect(new Set(all(set).map(({ id }) => id)).size).toBe(all(set).length);
    expect(set.heldOut.some(({ id }) => set.train.some((task) => task.id === id))).toBe(false);
    expect(create().train).toEqual(set.train);
    for (const task of set.train) expect(set.reward(task, say('no idea'))).toBe(0);
  });

  test('more than there are is refused with their number', () => {
    expect(() => spellingTasks({ words, train: 6, heldOut: 1 })).toThrow('about 6 different tasks');
    expect(() => arithmeticTasks({ ...sizes, digits: 0 })).toThrow('digits is 0');
    expect(() => spellingTasks({ words: ['1'], train: 1, heldOut: 0 })).toThrow('words.length is 0');
    expect(() => sortingTasks({ ...sizes, train: -1 })).toThrow('train is -1');
  });
});

test('arithmetic is right', () => {
  const set = arithmeticTasks({ ...sizes, digits: 4 });
  for (const task of all(set)) {
    const [, a, sign, b] = /What is (\d+) ([-+*]) (\d+)\?/.exec(questionOf(task))!;
    const right = { '+': Number(a) + Number(b), '-': Number(a) - Number(b), '*': Number(a) * Number(b) };
    expect(task.answer).toBe(`${right[sign as '+']}`);
    expect(set.reward(task, say(`It is ${task.answer}.`))).toBe(1);
  }
  const strict = arithmeticTasks({ ...sizes, rule: 'strict' });
  const [task] = strict.train;
  expect(strict.reward(task!, say(`It is ${task!.answer}.`))).toBe(0);
  expect(strict.reward(task!, say(`So #### ${task!.answer}`))).toBe(1);
});

describe('countdown', () => {
  const set = countdownTasks(sizes);
  const task: Task = { ...set.train[0]!, answer: '11', metadata: { numbers: [5, 9, 3] } };
  test.each([
    ['5 + 9 - 3', 1],
    ['First 5 - 9, no: 9+5-3', 1],
    ['9 + 5 - 3 = 11', 1],
    ['5 + 9', 0],
    ['11', 0],
    ['5 + 5 + 1', 0],
    ['5 + 9 - 3 - 0', 0],
  ])('%s earns %i', (text, reward) => expect(set.reward(task, say(text))).toBe(reward));

  test('with all operators', () => {
    const product: Task = { ...task, answer: '42', metadata: { numbers: [5, 9, 3], allOperators: true } };
    expect(set.reward(product, say('(5 + 9) * 3'))).toBe(1);
    expect(set.reward(product, say('(5+9)*3 = 42'))).toBe(1);
    expect(set.reward(product, say('5 + 9 * 3'))).toBe(0);
    expect(set.reward(product, say('((((5'))).toBe(0);
    const third: Task = { ...task, answer: '6', metadata: { numbers: [2, 3, 9], allOperators: true } };
    expect(set.reward(third, say('2 / 3 * 9'))).toBe(1);
  });

  test('can be solved: numbers and target were made from each other', () => {
    for (const each of set.train) {
      const numbers = each.metadata!.numbers as number[];
      const [a, b, c] = numbers as [number, number, number];
      const solved = [1, -1].some((x) =>
        [1, -1].some((y) => {
          const signed = [a, x * b, y * c];
          return signed.reduce((sum, n) => sum + n) === Number(each.answer);
        }),
      );
      expect(solved, each.id).toBe(true);
    }
  });
});

test('spelling takes letters between spaces, commas or hyphens', () => {
  const set = spellingTasks({ words, train: 6, heldOut: 0 });
  const task = set.train.find(({ id }) => id === 'Käse')!;
  expect(task.answer).toBe('k ä s e');
  for (const right of ['k ä s e', 'K-Ä-S-E', 'Sure:\nk, ä, s, e.', 'The letters are: k ä s e'])
    expect(set.reward(task, say(right)), right).toBe(1);
  for (const wrong of ['käse', 'k ä s', 'k a s e', 'k ä s e e'])
    expect(set.reward(task, say(wrong)), wrong).toBe(0);
});

test('letters are counted by hand', () => {
  const set = letterCountTasks({ words, train: 6, heldOut: 0 });
  for (const { answer, metadata } of set.train) {
    const { word, letter } = metadata as { word: string; letter: string };
    expect(Number(answer)).toBe(word.toLowerCase().split(letter).length - 1);
  }
  expect(set.reward(set.train[0]!, say(`There are ${set.train[0]!.answer}`))).toBe(1);
});

test('sorting takes the last numbers of an answer', () => {
  const set = sortingTasks({ ...sizes, length: 3 });
  const task: Task = { ...set.train[0]!, answer: '3, 11, 20' };
  expect(set.reward(task, say('From 11, 3, 20 follows: 3, 11, 20'))).toBe(1);
  expect(set.reward(task, say('3 11 20'))).toBe(1);
  expect(set.reward(task, say('11, 3, 20'))).toBe(0);
  expect(set.reward(task, say('3, 11'))).toBe(0);
});
