import { type Part, textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { isHeldOutPair } from '../held-out/held-out.js';
import { miniwebConversations } from './conversations.js';
import { miniwebTasks } from './tasks.js';

const text = (value: string): Part => ({ type: 'text', text: value });
const call: Part = { type: 'tool-call', tool: 'calculator', input: '1+1' };
const output: Part = { type: 'tool-output', text: '2' };

describe('miniwebTasks', () => {
  const tasks = miniwebTasks({ seed: 3, train: 1500, heldOut: 1000 });
  const key = ({ metadata }: (typeof tasks.train)[number]): string =>
    [metadata!.a as number, metadata!.b as number].sort((a, b) => a - b).join('+');

  test('held-out operand pairs occur in no training task and no conversation, in neither order', () => {
    expect(tasks.train).toHaveLength(1500);
    expect(tasks.heldOut).toHaveLength(1000);
    const train = new Set(tasks.train.map(key));
    expect(train.size).toBe(1500);
    expect(new Set(tasks.heldOut.map(key)).size).toBe(1000);
    expect(tasks.heldOut.some((task) => train.has(key(task)))).toBe(false);
    const spoken = new Set<string>();
    for (const { messages } of miniwebConversations({ seed: 3, count: 20_000, arithmeticShare: 1 })) {
      for (const message of messages) {
        const numbers =
          message.role === 'user' && message.parts[0]!.type === 'text'
            ? message.parts[0]!.text.match(/\d+/g)!
            : [];
        if (numbers.length === 2)
          spoken.add(
            numbers
              .map(Number)
              .sort((a, b) => a - b)
              .join('+'),
          );
      }
    }
    expect(spoken.size).toBeGreaterThan(10_000);
    expect(tasks.heldOut.filter((task) => spoken.has(key(task)))).toEqual([]);
  });

  test('prompts are one user message that names the operands; the answer is their sum', () => {
    for (const task of [...tasks.train.slice(0, 300), ...tasks.heldOut.slice(0, 300)]) {
      const { a, b } = task.metadata as { a: number; b: number };
      expect(task.answer).toBe(String(a + b));
      expect(task.prompt.messages).toHaveLength(1);
      const message = task.prompt.messages[0]!;
      expect(message).toEqual(
        textMessage('user', message.parts[0]!.type === 'text' ? message.parts[0]!.text : ''),
      );
      expect((message.parts[0] as { text: string }).text.match(/\d+/g)!.map(Number)).toEqual([a, b]);
      expect(Math.max(a, b)).toBeLessThan(1000);
    }
  });

  test.each<[string, Part[], number]>([
    ['the right sentence', [text('The answer is 2.')], 1],
    ['after a tool call', [call, output, text('The answer is 2.')], 1],
    ['a wrong number', [text('The answer is 3.')], 0],
    ['another form', [text('2')], 0],
    ['more than the sentence', [text('The answer is 2. Yes.')], 0],
    ['no full stop', [text('The answer is 2')], 0],
    ['a leading zero', [text('The answer is 02.')], 0],
    ['only the tool', [call, output], 0],
    ['nothing', [], 0],
    ['the sentence before the call', [text('The answer is 2.'), call, output], 0],
  ])('reward: %s', (_, completion, reward) => {
    const task = { id: 'x', prompt: { messages: [] }, answer: '2' };
    expect(tasks.reward(task, completion)).toBe(reward);
    const forbidden = miniwebTasks({ seed: 3, train: 1, heldOut: 1, digits: 2, tools: 'forbidden' });
    expect(forbidden.reward(task, completion)).toBe(
      completion.some((part) => part.type !== 'text') ? 0 : reward,
    );
  });

  test('two digits without the tool', () => {
    const small = miniwebTasks({ seed: 3, train: 300, heldOut: 100, digits: 2, tools: 'forbidden' });
    for (const { metadata } of [...small.train, ...small.heldOut])
      expect(Math.max(metadata!.a as number, metadata!.b as number)).toBeLessThan(100);
  });

  test('more tasks than there are pairs is an error, the default sizes are not', () => {
    expect(() => miniwebTasks({ seed: 3, train: 10, heldOut: 40, digits: 1 })).toThrowError(
      expect.objectContaining({ code: 'miniweb/too-many-tasks' }) as Error,
    );
    const standard = miniwebTasks({ seed: 3 });
    expect([standard.train.length, standard.heldOut.length]).toEqual([4000, 1000]);
  });

  test('about one pair in eight is held out, in both orders', () => {
    let held = 0;
    let asymmetric = 0;
    for (let a = 0; a < 1000; a += 7) {
      for (let b = 0; b < 1000; b += 7) {
        if (isHeldOutPair(a, b) !== isHeldOutPair(b, a)) asymmetric++;
        if (isHeldOutPair(a, b)) held++;
      }
    }
    expect(asymmetric).toBe(0);
    expect(held / 143 ** 2).toBeCloseTo(0.125, 2);
  });
});
