import { expect, test } from 'vitest';
import { countByReason, describeSkipped } from './skipped.js';

const left = (reason: string, line: number, message = 'no.') => ({ reason, line, message });

test('counts every reason and names the first few items of each', () => {
  const skipped = [
    left('too-long', 4, '61 positions, rows hold 24'),
    left('invalid', 6, 'Message 1 is empty.'),
    ...[9, 12, 13, 14, 15].map((line) => left('too-long', line)),
  ];
  expect(countByReason(skipped)).toEqual({ 'too-long': 6, invalid: 1 });
  expect(describeSkipped(skipped, ({ line }) => `chats.jsonl:${line}`)).toBe(
    '6 too-long (chats.jsonl:4: 61 positions, rows hold 24; also chats.jsonl:9, chats.jsonl:12, chats.jsonl:13, chats.jsonl:14, …), ' +
      '1 invalid (chats.jsonl:6: Message 1 is empty)',
  );
  expect(countByReason([])).toEqual({});
});
