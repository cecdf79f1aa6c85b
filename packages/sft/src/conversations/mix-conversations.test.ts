import { textMessage } from '@llm/core';
import { expect, test } from 'vitest';
import { mixConversations } from './mix-conversations.js';

const source = (name: string, size: number) =>
  Array.from({ length: size }, (_, i) => ({
    id: `${name}${i}`,
    messages: [textMessage('user', 'q'), textMessage('assistant', 'a')],
  }));

test('shares follow the weights, small sources repeat evenly, and the seed decides', () => {
  const sources = [
    { name: 'a', conversations: source('a', 10), weight: 3 },
    { name: 'b', conversations: source('b', 1000), weight: 1 },
  ];
  const mixed = mixConversations(sources, 100, 1);
  const ids = mixed.map(({ id }) => id!);
  expect(ids.filter((id) => id.startsWith('a')).length).toBe(75);
  const times = Array.from({ length: 10 }, (_, i) => ids.filter((id) => id === `a${i}`).length);
  expect(Math.max(...times) - Math.min(...times)).toBe(1);
  expect(new Set(ids.filter((id) => id.startsWith('b'))).size).toBe(25);
  expect(mixConversations(sources, 100, 1)).toEqual(mixed);
  expect(mixConversations(sources, 100, 2)).not.toEqual(mixed);
  expect(mixConversations(sources, 0)).toEqual([]);
  for (const count of [-1, 1.5, Number.NaN])
    expect(() => mixConversations(sources, count)).toThrow(`count is ${count}`);
});

test('an empty source or a weight of zero is an error that names it', () => {
  expect(() => mixConversations([{ name: 'empty', conversations: [], weight: 1 }], 1)).toThrow(/"empty"/);
  expect(() => mixConversations([{ name: 'zero', conversations: source('z', 1), weight: 0 }], 1)).toThrow(
    /weight 0/,
  );
});
