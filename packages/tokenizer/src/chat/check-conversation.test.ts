import { type Conversation, LlmError, type Message, type Part, textMessage } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { expect, test } from 'vitest';
import { createChatRenderer } from './chat-renderer.js';
import { chatSpecialTokens } from './chat-special-tokens.js';

const renderer = createChatRenderer(new ByteTokenizer(chatSpecialTokens));
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts });

const broken: [string, Conversation][] = [
  ['assistant first', { messages: [textMessage('assistant', 'Hi')] }],
  ['user twice', { messages: [textMessage('user', 'a'), textMessage('user', 'b')] }],
  ['system later', { messages: [textMessage('user', 'a'), textMessage('system', 'b')] }],
  ['unknown role', { messages: [{ role: 'tool' as 'user', parts: [] }] }],
  [
    'a user that calls',
    { messages: [{ role: 'user', parts: [{ type: 'tool-call', tool: 'a', input: '' }] }] },
  ],
  [
    'output without a call',
    { messages: [textMessage('user', 'a'), assistant({ type: 'tool-output', text: '1' })] },
  ],
  [
    'a tool of two words',
    { messages: [textMessage('user', 'a'), assistant({ type: 'tool-call', tool: 'a b', input: '' })] },
  ],
];

test.each(broken)('%s is refused, with the index of the message', (_, conversation) => {
  let thrown: unknown;
  try {
    renderer.render(conversation);
  } catch (error) {
    thrown = error;
  }
  expect(LlmError.isInstance(thrown) && thrown.code).toBe('tokenizer/conversation-invalid');
  expect(String(thrown)).toContain(`Message ${conversation.messages.length - 1} `);
});

test('a prompt that does not end with the user is refused', () => {
  expect(() => renderer.renderPrompt({ messages: [] })).toThrow('ends with none');
});

test('a tokenizer without the control tokens is refused by name', () => {
  expect(() => createChatRenderer(new ByteTokenizer(['<|bos|>']))).toThrow('<|user_start|>');
});

test('malformed completions are seen', () => {
  const id = (name: string): number => ids.get(name)!;
  const ids = new ByteTokenizer(chatSpecialTokens).specialTokens;
  const end = id('<|assistant_end|>');
  expect(renderer.parse([65, end])).toEqual({ parts: [{ type: 'text', text: 'A' }], wellFormed: true });
  expect(renderer.parse([65]).wellFormed).toBe(false);
  expect(renderer.parse([id('<|user_start|>'), 65, end]).wellFormed).toBe(false);
  expect(renderer.parse([id('<|tool_call_start|>'), 65, end]).wellFormed).toBe(false);
  expect(renderer.parse([end, 65, end]).wellFormed).toBe(false);
  expect(renderer.parse([id('<|tool_output_start|>'), 65, id('<|tool_output_end|>'), end]).wellFormed).toBe(
    false,
  );
});
