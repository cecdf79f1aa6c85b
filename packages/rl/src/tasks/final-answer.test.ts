import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import type { Task } from '@llm/core';
import { textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { createTaskSet, finalAnswer, finalAnswerReward } from './final-answer.js';

describe('finalAnswer', () => {
  test.each([
    ['so #### 42', '42', '42'],
    ['#### 1,234', '1234', '1234'],
    ['#### -7', '-7', '-7'],
    ['#### 18.', '18', '18'],
    ['#### 3.50', '3.50', '3.50'],
    ['#### 1 then #### 2', '1', '2'],
    ['it is 12, no, 13.', undefined, '13'],
    ['####42', undefined, '42'],
    ['#### .', undefined, undefined],
    ['nothing', undefined, undefined],
  ])('%j', (text, strict, flexible) => {
    expect(finalAnswer(text)).toBe(strict);
    expect(finalAnswer(text, 'flexible')).toBe(flexible);
  });

  test('a tool output alone is no answer', () => {
    const task: Task = { id: 't', prompt: { messages: [] }, answer: '1,234' };
    const reward = finalAnswerReward();
    expect(reward(task, [{ type: 'tool-output', text: '#### 1234' }])).toBe(0);
    expect(
      reward(task, [
        { type: 'text', text: '#### ' },
        { type: 'text', text: '1234' },
      ]),
    ).toBe(1);
  });
});

const path = sharedDataPath('sft-math', 'gsm8k_train.jsonl.gz');

test.skipIf(path === undefined)('both rules agree on every gold answer of GSM8K', () => {
  const lines = gunzipSync(readFileSync(path!)).toString('utf8').trim().split('\n');
  expect(lines.length).toBe(7473);
  const golds = lines.map((line) => (JSON.parse(line) as { answer: string }).answer);
  expect(golds.filter((gold) => finalAnswer(gold) === undefined)).toEqual([]);
  expect(golds.filter((gold) => finalAnswer(gold) !== finalAnswer(gold, 'flexible'))).toEqual([]);
});

test('createTaskSet keeps groups together, by seed', () => {
  const tasks: Task[] = Array.from({ length: 60 }, (_, i) => ({
    id: `task ${i}`,
    prompt: { messages: [textMessage('user', String(i))] },
    answer: String(i % 20),
  }));
  const options = { name: 'numbers', tasks, heldOut: 10, groupBy: (task: Task) => task.answer };
  const set = createTaskSet(options);
  expect(set.heldOut.length).toBe(12);
  expect(set.train.length).toBe(48);
  const held = new Set(set.heldOut.map(({ answer }) => answer));
  expect(set.train.some(({ answer }) => held.has(answer))).toBe(false);
  expect(createTaskSet(options).heldOut).toEqual(set.heldOut);
  expect(createTaskSet({ ...options, seed: 1 }).heldOut).not.toEqual(set.heldOut);
  expect(() => createTaskSet({ ...options, heldOut: 60 })).toThrow(/leaves 0 to train on/);
});
