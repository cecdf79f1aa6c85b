import { expect, test } from 'vitest';
import type { RolloutPart } from '../wire/index.js';
import { partsOfMessages, votedMessages } from './voted-parts.js';

test('parts become messages and are the same again', () => {
  const parts: RolloutPart[] = [
    { type: 'text', text: 'I count. ' },
    { type: 'tool-call', tool: 'calculator', text: '1+1' },
    { type: 'tool-output', text: '2' },
    { type: 'tool-call', tool: 'calculator', text: '2*3' },
    { type: 'tool-output', text: '6' },
    { type: 'text', text: 'Six.' },
  ];
  const messages = votedMessages(parts);
  expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'assistant', 'tool', 'assistant']);
  expect(messages[2]).toEqual({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: 'call-2', type: 'function', function: { name: 'calculator', arguments: '2*3' } }],
  });
  expect(messages[3]!.tool_call_id).toBe('call-2');
  expect(partsOfMessages(messages)).toEqual(parts);
});

test('text in pieces is one, and nothing said is an empty message', () => {
  expect(
    votedMessages([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]),
  ).toEqual([{ role: 'assistant', content: 'ab' }]);
  expect(votedMessages([])).toEqual([{ role: 'assistant', content: '' }]);
});
