import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { readPreferences } from './read-preferences.js';

const user = { role: 'user', content: 'u' };
const said = (content: string) => ({ role: 'assistant', content });
const text = (value: string) => [{ type: 'text', text: value }];
const pairs = async (...rows: unknown[]) =>
  (await readPreferences(rows.map((row) => JSON.stringify(row)).join('\n'))).pairs;
const problem = async (row: unknown): Promise<string> => {
  const good = { prompt: 'u', chosen: 'a', rejected: 'b' };
  const { skipped } = await readPreferences(`${JSON.stringify(good)}\n${JSON.stringify(row)}`);
  return `${skipped[0]?.reason}: ${skipped[0]?.message}`;
};

describe('every form is the same pair', () => {
  test.each([
    ['texts', { prompt: 'u', chosen: 'a', rejected: 'b' }],
    ['messages', { prompt: [user], chosen: [said('a')], rejected: [said('b')] }],
    [
      'messages that repeat the prompt',
      { prompt: [user], chosen: [user, said('a')], rejected: [user, said('b')] },
    ],
    [
      'a text, and messages that repeat it',
      { prompt: 'u', chosen: [user, said('a')], rejected: [user, said('b')] },
    ],
    ['an implicit prompt', { chosen: [user, said('a')], rejected: [user, said('b')] }],
    ['turns in a text', { chosen: '\n\nHuman: u\n\nAssistant: a', rejected: '\n\nHuman: u\n\nAssistant: b' }],
    ['a question', { question: 'u', chosen: 'a', rejected: 'b' }],
    ['an instruction', { instruction: 'u', input: '', chosen: 'a', rejected: 'b' }],
    [
      'ShareGPT',
      {
        conversations: [{ from: 'human', value: 'u' }],
        chosen: { from: 'gpt', value: 'a' },
        rejected: { from: 'gpt', value: 'b' },
      },
    ],
    [
      'OpenAI',
      { input: { messages: [user] }, preferred_output: [said('a')], non_preferred_output: [said('b')] },
    ],
  ])('%s', async (_, row) => {
    expect(await pairs(row)).toEqual([
      {
        id: undefined,
        origin: 'input:1',
        prompt: { messages: [textMessage('user', 'u')] },
        chosen: text('a'),
        rejected: text('b'),
      },
    ]);
  });
});

test('system messages, longer prompts, calls, ids', async () => {
  const call = { tool_calls: [{ id: 'c', function: { name: 'f', arguments: { x: 1 } } }] };
  const [first, second] = await pairs(
    { id: 3, system: 's', prompt: 'u', chosen: 'a', rejected: 'b' },
    {
      prompt: [{ role: 'system', content: 's' }, user, said('a'), user],
      chosen: [{ role: 'assistant', ...call }, { role: 'tool', content: '2' }, said('It is 2.')],
      rejected: [said('I do not know.')],
    },
  );
  expect(first).toMatchObject({ id: '3', prompt: { messages: [textMessage('system', 's'), {}] } });
  expect(second!.prompt.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  expect(second!.chosen).toEqual([
    { type: 'tool-call', tool: 'f', input: '{"x":1}' },
    { type: 'tool-output', text: '2' },
    { type: 'text', text: 'It is 2.' },
  ]);
});

test.each([
  ['equal answers', { prompt: 'u', chosen: 'a', rejected: 'a' }, 'same: '],
  ['no rejected one', { prompt: 'u', chosen: 'a' }, 'form: expected "chosen" and "rejected"'],
  ['texts without turns or prompt', { chosen: 'a', rejected: 'b' }, 'form: without a prompt "chosen"'],
  [
    'an answer of the user',
    { prompt: [user], chosen: [user], rejected: [said('b')] },
    'roles: the chosen answer',
  ],
  [
    'answers of several turns',
    { prompt: [user], chosen: [said('a'), user, said('c')], rejected: [said('b')] },
    'roles: the chosen answer',
  ],
  [
    'answers to another prompt',
    { prompt: 'v', chosen: [user, said('a')], rejected: [user, said('b')] },
    'roles: the answers begin with other messages',
  ],
  [
    'a prompt that ends with the assistant',
    { prompt: [user, said('x')], chosen: 'a', rejected: 'b' },
    'roles: ',
  ],
  ['an empty answer', { prompt: 'u', chosen: '', rejected: 'b' }, 'empty: '],
])('%s: left out by name', async (_, row, message) => {
  expect(await problem(row)).toContain(message);
});

test('a source without a pair', async () => {
  await expect(readPreferences('{"text": "x"}')).rejects.toMatchObject({ code: 'sft/no-preferences' });
});

const path = sharedDataPath('pref-hh-harmless', 'pairs.jsonl.gz');

test.skipIf(path === undefined)('real pairs of HH-RLHF', async () => {
  const {
    pairs: read,
    lines,
    skippedByReason,
  } = await readPreferences(gunzipSync(readFileSync(path!)).toString('utf8'));
  expect(lines).toBe(1173);
  expect(read.length + Object.values(skippedByReason).reduce((a, b) => a + b, 0)).toBe(lines);
  expect(read.length).toBeGreaterThan(1100);
  for (const { prompt, chosen } of read) {
    expect(prompt.messages.at(-1)!.role).toBe('user');
    expect(JSON.stringify(chosen)).not.toMatch(/\\n\\n(Human|Assistant):/);
  }
});
