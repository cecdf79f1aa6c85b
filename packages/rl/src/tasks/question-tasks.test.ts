import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { gsm8kTasks, multipleChoiceTasks } from './question-tasks.js';

const say = (text: string) => [{ type: 'text', text } as const];
const lines = (...rows: unknown[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

describe('gsm8k', () => {
  const rows = lines(
    { question: 'One and one?', answer: '<<1+1=2>>It is 2.\n#### 2' },
    { question: 'A thousand?', answer: '#### 1,000' },
  );
  test('strict wants the mark, flexible the last number', () => {
    const strict = gsm8kTasks(rows, { heldOut: 0 });
    const thousand = strict.train.find(({ id }) => id.startsWith('A thousand?'))!;
    expect(messageText(thousand.prompt.messages[0]!.parts)).toContain('End with ####');
    expect(strict.reward(thousand, say('#### 1000'))).toBe(1);
    expect(strict.reward(thousand, say('It is 1,000.'))).toBe(0);
    const flexible = gsm8kTasks(rows, { heldOut: 1, rule: 'flexible' });
    expect(flexible.train.length + flexible.heldOut.length).toBe(2);
    const again = [...flexible.train, ...flexible.heldOut].find(({ answer }) => answer === '1000')!;
    expect(flexible.reward(again, say('It is 1,000.'))).toBe(1);
  });

  test('a broken row is named by its line', () => {
    const fail = (row: string) => () => gsm8kTasks(`${rows}\n\n${row}`, { name: 'g.jsonl' });
    expect(fail('{')).toThrow('g.jsonl:4: it is not JSON');
    expect(fail('null')).toThrow('g.jsonl:4: it has no "question"');
    expect(fail(lines({ question: 'x', answer: 'two' }))).toThrow('no number after ####');
  });
});

const gsm8k = sharedDataPath('sft-math', 'gsm8k_train.jsonl.gz');
test.skipIf(gsm8k === undefined)('all of GSM8K: every gold answer earns 1 by both rules', () => {
  const text = gunzipSync(readFileSync(gsm8k!)).toString('utf8');
  const golds = new Map(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { question: string; answer: string })
      .map(({ question, answer }) => [question, answer]),
  );
  for (const rule of ['strict', 'flexible'] as const) {
    const set = gsm8kTasks(text, { rule, heldOut: 100 });
    expect(set.train.length + set.heldOut.length).toBe(golds.size);
    for (const task of set.heldOut) {
      const question = messageText(task.prompt.messages[0]!.parts).replace(/\nEnd with #### .*$/, '');
      expect(set.reward(task, say(golds.get(question)!))).toBe(1);
    }
  }
});

describe('multiple choice', () => {
  const choices = ['red', 'green', 'blue'];
  const rows = lines(
    { question: 'Sky?', choices, answer: 2 },
    { question: 'Grass?', choices, answer: 'B' },
    { question: 'Blood?', choices, answer: 'red' },
  );
  const set = multipleChoiceTasks(rows, { heldOut: 0 });
  test('answers as positions, letters and texts', () => {
    const answers = new Map(set.train.map(({ id, answer }) => [id.split('\n')[0], answer]));
    expect([...answers].sort()).toEqual([
      ['Blood?', 'A'],
      ['Grass?', 'B'],
      ['Sky?', 'C'],
    ]);
    expect(set.train[0]!.id).toContain('\nA. red\nB. green\nC. blue\n');
  });
  test('the last letter that stands alone counts', () => {
    const sky = set.train.find(({ answer }) => answer === 'C')!;
    for (const right of ['C', '(C)', 'A is wrong, so C.', '**C**', 'C. blue'])
      expect(set.reward(sky, say(right)), right).toBe(1);
    for (const wrong of ['B', 'CD', "C'est", 'c', 'C, no: A'])
      expect(set.reward(sky, say(wrong)), wrong).toBe(0);
  });
  test('rows that are no such questions are named', () => {
    const fail = (row: unknown) => () => multipleChoiceTasks(lines(row));
    expect(fail({ question: 'x', choices: ['a'], answer: 0 })).toThrow('input:1: its "choices"');
    expect(fail({ question: 'x', choices, answer: 3 })).toThrow('none of 3 choices');
    expect(fail({ question: 'x', choices, answer: 'D' })).toThrow('its "answer" "D"');
    expect(fail({ question: 'x', choices, answer: null })).toThrow('none of 3 choices');
  });
});
