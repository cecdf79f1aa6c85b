import { type Task, textMessage } from '@llm/core';
import { expect, test } from 'vitest';
import { countdownReward, countdownTasks } from './countdown.js';

const task: Task = {
  id: '3 5 9',
  prompt: { messages: [textMessage('user', '?')] },
  answer: '11',
  metadata: { numbers: [9, 3, 5] },
};

test.each([
  ['5 + 9 - 3', 1],
  ['The answer: 9-3+5 = 11', 1],
  ['5 + 9', 0],
  ['5 + 9 + 3', 0],
  ['11', 0],
  ['5 + 5 + 1', 0],
  ['5 + 9 - 3, no: 1 + 10', 0],
  ['', 0],
])('%j earns %i', (text, reward) => expect(countdownReward(task, [{ type: 'text', text }])).toBe(reward));

test('every task can be solved, none is on both sides, and a seed gives the same again', () => {
  const { train, heldOut } = countdownTasks({ seed: 3, train: 200, heldOut: 40 });
  expect([train.length, heldOut.length]).toEqual([200, 40]);
  expect(countdownTasks({ seed: 3, train: 200, heldOut: 40 }).train).toEqual(train);
  expect(new Set([...train, ...heldOut].map(({ id }) => id)).size).toBe(240);
  for (const each of [...train, ...heldOut]) {
    const numbers = each.metadata?.numbers as number[];
    const signs = [1, -1].flatMap((a) => [1, -1].flatMap((b) => [1, -1].map((c) => [a, b, c])));
    const sums = signs.map((sign) => numbers.reduce((sum, number, i) => sum + sign[i]! * number, 0));
    expect(sums).toContain(Number(each.answer));
    // The first term of an expression has no sign: some order must begin with a number that is added.
    const written = signs
      .filter(
        (sign) => numbers.reduce((sum, number, i) => sum + sign[i]! * number, 0) === Number(each.answer),
      )
      .map((sign) => {
        const order = [0, 1, 2].sort((a, b) => sign[b]! - sign[a]!);
        return order.map((i, at) => `${at === 0 ? '' : sign[i]! > 0 ? '+' : '-'}${numbers[i]}`).join(' ');
      });
    expect(written.map((text) => countdownReward(each, [{ type: 'text', text }]))).toContain(1);
  }
});
