import { textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { parseConversationRow } from './parse-conversation-row.js';

const read = (row: unknown) =>
  parseConversationRow(typeof row === 'string' ? row : JSON.stringify(row), 'x.jsonl:1');
const turn = (from: string, value: string, more: object = {}) => ({ from, value, ...more });

describe('ShareGPT', () => {
  test('turns of people and models under their many names', () => {
    const messages = [textMessage('system', 's'), textMessage('user', 'u'), textMessage('assistant', 'a')];
    for (const [user, assistant] of [
      ['human', 'gpt'],
      ['user', 'assistant'],
      ['prompter', 'model'],
      ['Human', 'GPT'],
    ])
      expect(
        read({ id: 7, conversations: [turn('system', 's'), turn(user!, 'u'), turn(assistant!, 'a')] }),
      ).toEqual({ row: { id: '7', origin: 'x.jsonl:1', messages }, ignoredFields: [] });
    expect(read({ system: 's', conversations: [turn('human', 'u'), turn('gpt', 'a')] })).toMatchObject({
      row: { messages },
    });
  });

  test('messages with roles may stand under the same name', () => {
    const row = { conversations: [{ role: 'user', content: 'u' }, turn('gpt', 'a')] };
    expect(read(row)).toMatchObject({ row: { messages: [{ role: 'user' }, { role: 'assistant' }] } });
  });

  test('calls and observations; arguments stay the text they are', () => {
    const call = JSON.stringify('{"name": "add", "arguments": {"a": 1.0, "b": 12345678901234567890}}');
    const row = `{"conversations": [{"from": "human", "value": "u"}, {"from": "function_call", "value": ${call}},
      {"from": "observation", "value": "3"}, {"from": "gpt", "value": "It is 3."}]}`;
    expect(read(row)).toMatchObject({
      row: {
        messages: [
          {},
          {
            role: 'assistant',
            parts: [
              { type: 'tool-call', tool: 'add', input: '{"a": 1.0, "b": 12345678901234567890}' },
              { type: 'tool-output', text: '3' },
              { type: 'text', text: 'It is 3.' },
            ],
          },
        ],
      },
    });
  });

  test('several calls in one turn', () => {
    const calls = '[{"name": "f", "arguments": "x"}, {"name": "g", "arguments": [1.50]}]';
    expect(read({ conversations: [turn('human', 'u'), turn('function_call', calls)] })).toMatchObject({
      row: {
        messages: [
          {},
          {
            parts: [
              { tool: 'f', input: 'x' },
              { tool: 'g', input: '[1.50]' },
            ],
          },
        ],
      },
    });
  });

  test('marks for training and unknown fields are those of messages', () => {
    const row = {
      conversations: [
        turn('human', 'u'),
        turn('gpt', 'a', { weight: 0 }),
        turn('human', 'v'),
        turn('gpt', 'b'),
      ],
    };
    expect(read(row)).toMatchObject({
      row: { messages: [{}, { trained: false }, {}, { trained: undefined }] },
    });
    expect(read({ conversations: [turn('human', 'u', { mood: 'glad' }), turn('gpt', 'a')] })).toMatchObject({
      ignoredFields: ['conversations[].mood'],
    });
  });

  test.each([
    ['an unknown speaker', [turn('narrator', 'u'), turn('gpt', 'a')], 'roles', 'from "narrator"'],
    ['no speaker', [{ value: 'u' }, turn('gpt', 'a')], 'roles', 'has role undefined'],
    ['a model that begins', [turn('gpt', 'a'), turn('human', 'u')], 'roles', "is the assistant's"],
    ['a call that is no JSON', [turn('human', 'u'), turn('function_call', 'f(x)')], 'form', 'must hold JSON'],
    ['a call without a name', [turn('human', 'u'), turn('function_call', '{}')], 'form', 'must hold JSON'],
    ['an observation of nothing', [turn('human', 'u'), turn('observation', '3')], 'roles', 'no call waits'],
    ['no list', 'text', 'form', '"conversations" must be a list'],
  ])('%s is left out by name', (_, conversations, reason, message) => {
    expect(read({ conversations })).toEqual({ reason, message: expect.stringContaining(message) });
  });
});

describe('prompt and completion', () => {
  test('two texts are a question and its answer', () => {
    expect(read({ prompt: 'u', completion: ' a', system: 's' })).toMatchObject({
      row: {
        messages: [textMessage('system', 's'), textMessage('user', 'u'), textMessage('assistant', ' a')],
      },
    });
  });

  test('of messages only the completion is trained on', () => {
    const row = {
      prompt: [
        { role: 'user', content: 'u' },
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'v' },
      ],
      completion: [{ role: 'assistant', content: 'b' }],
    };
    expect(read(row)).toMatchObject({
      row: {
        messages: [{}, { role: 'assistant', trained: false }, {}, { role: 'assistant', trained: undefined }],
      },
    });
  });

  test('a prompt that is not answered, and a completion by the user', () => {
    const user = { role: 'user', content: 'u' };
    expect(read({ prompt: [user], completion: [user] })).toMatchObject({ reason: 'roles' });
    expect(read({ prompt: 'u', completion: '' })).toMatchObject({ reason: 'empty' });
    expect(read({ prompt: 3, completion: 'a' })).toMatchObject({ reason: 'form' });
  });
});

test("Dolly's instruction, context and response", () => {
  const messages = [textMessage('user', 'i\n\nc'), textMessage('assistant', 'r')];
  expect(read({ instruction: 'i', context: 'c', response: 'r', category: 'qa' })).toMatchObject({
    row: { messages },
    ignoredFields: [],
  });
});

test('a pair of answers is no conversation', () => {
  expect(read({ prompt: 'u', chosen: 'a', rejected: 'b' })).toMatchObject({
    reason: 'form',
    message: expect.stringContaining('readPreferences'),
  });
});
