import type { Part, Task } from '@llm/core';
import { textMessage } from '@llm/core';
import { expect, test } from 'vitest';
import { scoreAnswer } from './score-answer.js';

const task: Task = { id: 'sum-7', prompt: { messages: [textMessage('user', '1+1?')] }, answer: '2' };
const parts: Part[] = [{ type: 'text', text: '2' }];
/** A reward as JavaScript lets one write it. */
const giving = (value: unknown) => () => value as number;

test.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [undefined, 'undefined'],
  [null, 'null'],
  ['1', '"1"'],
  [true, 'true'],
  [1n, '1n'],
  [[1], 'a list of 1'],
  [{ score: 1 }, 'an object'],
  [Promise.resolve(Number.NaN), 'NaN'],
  [Promise.resolve('1'), '"1"'],
])('%s is no reward', async (value, described) => {
  await expect(scoreAnswer(giving(value), task, parts, { name: 'sums' })).rejects.toMatchObject({
    code: 'rl/reward-invalid',
    message: expect.stringContaining(`The reward "sums" gave ${described} for an answer to task "sum-7"`),
    details: { reward: 'sums', task: 'sum-7', value: described },
  });
});

test('a number, a promise of one and an asynchronous function are rewards', async () => {
  expect(await scoreAnswer(() => -0.5, task, parts)).toBe(-0.5);
  expect(await scoreAnswer(() => Promise.resolve(1), task, parts)).toBe(1);
  const judge = async ({ answer }: Task, said: readonly Part[]) =>
    (said[0] as { text: string }).text === answer ? 1 : 0;
  expect(await scoreAnswer(judge, task, parts)).toBe(1);
});

test('a reward that throws is named, with its cause', async () => {
  const cause = new RangeError('no judge');
  for (const broken of [
    () => {
      throw cause;
    },
    () => Promise.reject(cause),
  ])
    await expect(scoreAnswer(broken, task, parts, { name: 'judge' })).rejects.toMatchObject({
      code: 'rl/reward-failed',
      message: 'The reward "judge" failed on an answer to task "sum-7": no judge',
      cause,
    });
});
