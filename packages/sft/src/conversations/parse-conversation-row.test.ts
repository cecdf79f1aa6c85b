import type { Conversation, Message, Part } from '@llm/core';
import { textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { parseConversationRow } from './parse-conversation-row.js';

const text = (value: string): Part => ({ type: 'text', text: value });
const call = (tool: string, input: string): Part => ({ type: 'tool-call', tool, input });
const output = (value: string): Part => ({ type: 'tool-output', text: value });
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts });
const user = { role: 'user', content: 'add' };
const answer = { role: 'assistant', content: 'ok' };
const called = (name: string, args: unknown, id?: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

/** A row as it is or as JSON; the conversation, or the reason with its message. */
function read(row: unknown): { conversation: Conversation; ignored: readonly string[] } | string {
  const result = parseConversationRow(typeof row === 'string' ? row : JSON.stringify(row), 'chats.jsonl:3');
  if ('reason' in result) return `${result.reason}: ${result.message}`;
  return { conversation: result.row, ignored: result.ignoredFields };
}
const messagesOf = (row: unknown): readonly Message[] => {
  const result = read(row);
  if (typeof result === 'string') throw new Error(result);
  return result.conversation.messages;
};

describe('tool calls', () => {
  test('a call, its output and the answer are one message of the assistant', () => {
    const messages = [
      user,
      { role: 'assistant', content: 'Let me see.', tool_calls: [called('add', '{"a": 1}', 'c1')] },
      { role: 'tool', tool_call_id: 'c1', content: '2' },
      { role: 'assistant', content: 'It is 2.' },
      { role: 'user', content: 'thanks' },
      answer,
    ];
    expect(messagesOf({ messages })).toEqual([
      textMessage('user', 'add'),
      assistant(text('Let me see.'), call('add', '{"a": 1}'), output('2'), text('It is 2.')),
      textMessage('user', 'thanks'),
      textMessage('assistant', 'ok'),
    ]);
  });

  test('a call at the end stays a call', () => {
    for (const content of ['', null, undefined])
      expect(
        messagesOf({
          messages: [user, { role: 'assistant', content, tool_calls: [called('add', '{}')] }],
        })[1],
      ).toEqual(assistant(call('add', '{}')));
  });

  test('calls made together are answered one after the other, by id, by name or in order', () => {
    const calls = [called('a', '1', 'x'), called('b', '2', 'y')];
    const outputs = [
      [
        { role: 'tool', tool_call_id: 'y', content: 'B' },
        { role: 'tool', tool_call_id: 'x', content: 'A' },
      ],
      [
        { role: 'tool', name: 'b', content: 'B' },
        { role: 'tool', name: 'a', content: 'A' },
      ],
      [
        { role: 'tool', content: 'A' },
        { role: 'tool', content: [{ type: 'text', text: 'B' }] },
      ],
    ];
    for (const answers of outputs)
      expect(
        messagesOf({ messages: [user, { role: 'assistant', tool_calls: calls }, ...answers, answer] })[1],
      ).toEqual(assistant(call('a', '1'), output('A'), call('b', '2'), output('B'), text('ok')));
    const second = messagesOf({
      messages: [
        user,
        { role: 'assistant', tool_calls: [calls[0]] },
        { role: 'tool', content: 'A' },
        { role: 'assistant', tool_calls: [calls[1]] },
        { role: 'tool', content: '' },
      ],
    })[1];
    expect(second).toEqual(assistant(call('a', '1'), output('A'), call('b', '2'), output('')));
  });

  test('the older function_call with role function', () => {
    const messages = [
      user,
      { role: 'assistant', content: null, function_call: { name: 'add', arguments: '{"a":1}' } },
      { role: 'function', name: 'add', content: '2' },
      answer,
    ];
    expect(messagesOf({ messages })[1]).toEqual(assistant(call('add', '{"a":1}'), output('2'), text('ok')));
  });

  test.each([
    '{"id": 12345678901234567890}',
    '{"x": 1.0, "y":1E400, "z": -0}',
    '{"2": "a", "1": "b"}',
    '{ "a" : [1e2,\t{"b":"}\\"" }] }',
    '[0.10]',
    '12345678901234567890',
  ])('arguments stay the text they are: %s', (written) => {
    const saying = (calls: string) =>
      messagesOf(`{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", ${calls}}]}`)[1];
    for (const args of [written, JSON.stringify(written)]) {
      const called = `{"name": "f", "arguments": ${args}}`;
      const two = assistant(call('g', ''), call('f', written));
      expect(
        saying(`"tool_calls": [{"function": {"name": "g"}}, {"type": "function", "function": ${called}}]`),
      ).toEqual(two);
      expect(saying(`"tool_calls": [{"name": "g"}, ${called}]`)).toEqual(two);
      expect(saying(`"function_call": ${called}`)).toEqual(assistant(call('f', written)));
    }
  });

  test.each([
    [
      [user, { role: 'tool', content: '1' }],
      "roles: message 1 is a tool's output, but no call waits for one",
    ],
    [[{ role: 'tool', content: '1' }], "roles: message 0 is a tool's output, but no call waits for one"],
    [
      [
        user,
        { role: 'assistant', tool_calls: [called('a', '', 'x')] },
        { role: 'tool', tool_call_id: 'z', content: '1' },
      ],
      'roles: message 2 answers the call "z", which does not wait',
    ],
    [
      [
        user,
        { role: 'assistant', tool_calls: [called('a', '', 'x')] },
        { role: 'tool', tool_call_id: 'x', content: '1' },
        { role: 'tool', tool_call_id: 'x', content: '1' },
      ],
      "roles: message 3 is a tool's output, but no call waits for one",
    ],
    [[user, { role: 'assistant', tool_calls: [called('', '1')] }], 'form: message 1 calls the tool ""'],
    [[user, { role: 'assistant', tool_calls: [called('a b', '1')] }], 'form: message 1 calls the tool "a b"'],
    [
      [user, { role: 'assistant', tool_calls: [{ type: 'custom' }] }],
      'form: message 1: a call of type "custom"',
    ],
    [[user, { role: 'assistant', tool_calls: 'add' }], 'form: message 1: "tool_calls" must be a list'],
    [[user, { role: 'assistant', tool_calls: [null] }], 'form: message 1: "tool_calls" holds null'],
    [
      [{ ...user, tool_calls: [called('a', '1')] }, answer],
      'field: message 0: "tool_calls" is part of the conversation',
    ],
    [[user, { role: 'assistant', content: [call('', '1')] }], 'form: message 1 calls the tool ""'],
    [[user, answer, answer], "roles: message 2 is the assistant's, expected the user's"],
  ])('%j is refused by name', (messages, problem) => {
    expect(read({ messages })).toContain(problem);
  });
});

describe('what is left out of training', () => {
  const wrong = { role: 'assistant', content: 'wrong' };
  const next = { role: 'user', content: 'b' };
  test.each([
    [{ weight: 0 }],
    [{ train: false }],
    [{ loss: false }],
    [{ training: 0 }],
    [{ weight: 0, train: false }],
  ])('a message marked %j is read and not trained on', (mark) => {
    const messages = messagesOf({ messages: [user, { ...wrong, ...mark }, next, { ...answer, weight: 1 }] });
    expect(messages.map(({ trained }) => trained)).toEqual([undefined, false, undefined, undefined]);
  });
  test.each([
    [[user, { ...wrong, weight: 0.5 }], 'field: message 1: "weight" is 0.5; only 0 and 1, false and true'],
    [[user, { ...wrong, weight: '0' }], 'field: message 1: "weight" is "0"'],
    [[user, { ...wrong, weight: 1, train: false }], 'field: message 1: "train" contradicts'],
    [[{ ...user, weight: 1 }, answer], "field: message 0: marked to be trained on, but only the assistant's"],
    [[user, { ...wrong, weight: 0 }], "untrained: every message of the assistant's"],
    [[user, { ...wrong, train_detail: [{ begin: 0 }] }], 'field: message 1: "train_detail" is part'],
    [
      [
        user,
        { role: 'assistant', tool_calls: [called('a', '1')], weight: 0 },
        { role: 'tool', content: '1' },
        answer,
      ],
      "field: message 3 goes on with message 1 after a tool's output, and only one of them",
    ],
  ])('%j is refused by name', (messages, problem) => {
    expect(read({ messages })).toContain(problem);
  });
  test('a user’s mark of 0 says nothing new, a row’s leaves it out', () => {
    expect(messagesOf({ messages: [{ ...user, weight: 0 }, answer] })).toHaveLength(2);
    expect(read({ messages: [user, answer], train: false })).toContain('untrained: the row is marked');
    expect(messagesOf({ messages: [user, answer], weight: 1 })).toHaveLength(2);
  });
});

describe('Alpaca and GSM8K', () => {
  test('system and history come before the question', () => {
    const row = {
      system: 'Be brief.',
      instruction: 'and now?',
      output: 'b',
      history: [
        ['q', 'a'],
        ['r', 's'],
      ],
    };
    expect(messagesOf(row)).toEqual([
      textMessage('system', 'Be brief.'),
      ...[textMessage('user', 'q'), textMessage('assistant', 'a')],
      ...[textMessage('user', 'r'), textMessage('assistant', 's')],
      ...[textMessage('user', 'and now?'), textMessage('assistant', 'b')],
    ]);
    expect(messagesOf({ system_prompt: 'S', question: 'q', answer: '#### 1' })[0]).toEqual(
      textMessage('system', 'S'),
    );
    expect(messagesOf({ system: 'S', messages: [user, answer] })[0]).toEqual(textMessage('system', 'S'));
    expect(messagesOf({ system: null, history: [], instruction: '', input: 'x', output: 'y' })).toEqual([
      textMessage('user', 'x'),
      textMessage('assistant', 'y'),
    ]);
  });
  test.each([
    [
      { instruction: 'a', output: 'b', history: [['q']] },
      'form: "history" must be a list of [question, answer]',
    ],
    [{ instruction: 'a', output: 'b', history: 'q' }, 'form: "history" must be'],
    [{ instruction: 'a', output: 'b', history: [['q', '']] }, 'empty: message 1 is empty'],
    [{ instruction: 'a', output: 'b', input: ['x'] }, 'form: "input" must be a text'],
    [{ instruction: 'a', output: ['b'] }, 'form: "output" must be a text'],
    [{ instruction: 'a', output: 'b', system: 7 }, 'form: "system" must be a text'],
    [{ question: 'a', answer: 'b', context: 'c' }, 'field: "context" is part of the conversation'],
    [{ question: 'a', answer: 'b', history: [['q', 'r']] }, 'field: "history" is part'],
    [{ messages: [user, answer], history: [['q', 'r']] }, 'field: "history" is part'],
    [
      { system: 'S', messages: [{ role: 'system', content: 'T' }, user, answer] },
      'roles: there are two system messages',
    ],
  ])('%j is refused by name', (row, problem) => {
    expect(read(row)).toContain(problem);
  });
});

describe('every field', () => {
  test.each([
    ['reasoning_content', 'because'],
    ['reasoning', 'because'],
    ['thinking', 'because'],
    ['refusal', 'I cannot.'],
    ['images', ['cat.png']],
    ['audio', { id: 'a' }],
    ['loss_mask', 0],
  ])('%s of a message is no part that can be kept', (field, value) => {
    expect(read({ messages: [user, { ...answer, [field]: value }] })).toContain(
      `field: message 1: "${field}" is part of the conversation`,
    );
    // Nothing in it, nothing lost.
    expect(messagesOf({ messages: [user, { ...answer, [field]: null }] })).toHaveLength(2);
  });
  test('what is not used is named, data about the conversation is not', () => {
    const row = {
      ...{
        id: 12,
        source: 'web',
        topic: 'sums',
        created_at: 1,
        metadata: { a: 1 },
        empty: [],
        nothing: null,
      },
      tools: [{ type: 'function' }],
      mood: 'good',
      messages: [
        { ...user, name: 'Ada', id: 'm1' },
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'ok', cache_control: { type: 'ephemeral' } }],
          tool_calls: [{ ...called('add', '1', 'x'), strict: true, index: 0 }],
        },
      ],
    };
    const result = read(row);
    expect(result).toMatchObject({
      conversation: { id: '12', origin: 'chats.jsonl:3' },
      ignored: [
        ...['messages[].name', 'messages[].tool_calls[].strict', 'messages[].content[].cache_control'],
        ...['tools', 'mood'],
      ],
    });
    expect(read('{"id": 12345678901234567890, "question": "a", "answer": "b"}')).toMatchObject({
      conversation: { id: '12345678901234567890' },
      ignored: [],
    });
  });
});
