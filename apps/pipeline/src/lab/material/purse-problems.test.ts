import { createRandom, messageText } from '@llm/core';
import { calculator } from '@llm/rl';
import { describe, expect, test } from 'vitest';
import { expressionOf, purseAnswer, purseQuestion, purseTasks, valuesOf } from './purse-problems.js';

const problem = { start: 8, operations: ['*2', '-5', '+4', '/2', '+9'].slice(0, 3) };

describe('purse problems', () => {
  test('the words, the steps and the answer, counted by hand', () => {
    expect(purseQuestion(problem)).toMatch(/^\w+ has 8, doubles it, loses 5, finds 4\. How many now\?$/);
    expect(valuesOf(problem)).toEqual([16, 11, 15]);
    const said = (style: Parameters<typeof purseAnswer>[1]): string =>
      messageText(purseAnswer(problem, style));
    expect(said('direct')).toBe('#### 15');
    expect(said('steps-first')).toBe('8*2=16 -5=11 +4=15 #### 15');
    expect(said('answer-first')).toBe('#### 15 8*2=16 -5=11 +4=15');
    expect(purseAnswer(problem, 'calculator')).toEqual([
      { type: 'tool-call', tool: 'calculator', input: '8*2-5+4' },
      { type: 'tool-output', text: '15' },
      { type: 'text', text: '#### 15' },
    ]);
  });

  test('expressions go from left to right', () => {
    expect(expressionOf({ start: 13, operations: ['-6', '-1', '/2', '*2', '+3', '*2'] })).toBe(
      '((13-6-1)/2*2+3)*2',
    );
    const random = createRandom(1, 'expressions');
    const tasks = purseTasks({ operations: 6, heldOut: 10, train: 10 });
    for (let i = 0; i < 200; i++) {
      const drawn = tasks.draw(random);
      expect(calculator.call(expressionOf(drawn))).toBe(`${valuesOf(drawn).at(-1)}`);
      for (const value of valuesOf(drawn))
        expect(Number.isInteger(value) && value >= 1 && value <= 40).toBe(true);
    }
  });

  test('a problem that is held out is in no training, and each is there once', () => {
    const tasks = purseTasks({ operations: 1, heldOut: 60, train: 40 });
    const held = new Set(tasks.heldOut.map(({ id }) => id));
    expect(held.size).toBe(60);
    expect(tasks.train.filter(({ id }) => held.has(id))).toEqual([]);
    expect(new Set(tasks.train.map(({ id }) => id)).size).toBe(40);
    const random = createRandom(3, 'drawn');
    const drawn = Array.from({ length: 300 }, () => tasks.draw(random));
    expect(drawn.filter(({ start, operations }) => held.has([start, ...operations].join(' ')))).toEqual([]);
    expect(purseTasks({ operations: 1, heldOut: 60, train: 40 }).heldOut).toEqual(tasks.heldOut);
  });

  test('the reward reads the number after the mark', async () => {
    const { heldOut, reward } = purseTasks({ operations: 2, heldOut: 1, train: 1 });
    const [task] = heldOut;
    expect(await reward(task!, [{ type: 'text', text: `1=2 #### ${task!.answer}` }])).toBe(1);
    expect(await reward(task!, [{ type: 'text', text: `#### ${task!.answer}1 ${task!.answer}` }])).toBe(0);
  });
});
