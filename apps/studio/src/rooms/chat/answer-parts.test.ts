import { expect, test } from 'vitest';
import { chatMessages, type ShownPart, spokenMessages, withParts } from './answer-parts.js';

const call = { id: 'call_1', name: 'calculator', arguments: '12+30' };
const answer: readonly ShownPart[] = [
  { type: 'thinking', text: 'A sum.' },
  { type: 'text', text: 'Let me see. ' },
  { type: 'tool-call', call },
  { type: 'tool-output', toolCallId: 'call_1', text: '42' },
  { type: 'text', text: 'It is 42.' },
];
const spoken = [
  { role: 'user', parts: [{ type: 'text', text: '12+30?' }] },
  { role: 'assistant', parts: answer },
] as const;

test('text goes on where text was, and tokens and the end are no parts to show', () => {
  const parts = withParts(
    [{ type: 'text', text: 'It ' }],
    [
      { type: 'text', text: 'is' },
      { type: 'tokens', tokens: [] },
      { type: 'text', text: ' 42' },
      { type: 'thinking', text: 'Hm' },
      { type: 'end', reason: 'stop', promptTokens: 1, completionTokens: 1, omittedMessages: 0 },
    ],
  );
  expect(parts).toEqual([
    { type: 'text', text: 'It is 42' },
    { type: 'thinking', text: 'Hm' },
  ]);
});

test('an answer with a tool is three messages, without its thinking', () => {
  expect(chatMessages('Be short.', spoken)).toEqual([
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: '12+30?' },
    { role: 'assistant', content: 'Let me see. ', toolCalls: [call] },
    { role: 'tool', toolCallId: 'call_1', content: '42' },
    { role: 'assistant', content: 'It is 42.' },
  ]);
});

test('messages that were kept are the same when they are opened again', () => {
  const kept = chatMessages('', spoken);
  expect(chatMessages('', spokenMessages(kept))).toEqual(kept);
});
