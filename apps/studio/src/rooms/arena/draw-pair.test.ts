import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import type { Vote } from '../../wire/index.js';
import { drawPair } from './draw-pair.js';

const met = (left: string, right: string): Vote => ({
  ...{ id: 'a', kind: 'arena', time: 0, verdict: 'tie' },
  prompt: [{ role: 'user', content: '?' }],
  left: { from: left, messages: [] },
  right: { from: right, messages: [] },
});

test('the pair that has met least often, whichever side it was on', () => {
  expect(drawPair(['a', 'b', 'c'], [met('b', 'a'), met('c', 'a')])?.toSorted()).toEqual(['b', 'c']);
  expect(drawPair(['a'], [])).toBeUndefined();
});

test('in the long run all pairs meet equally often, and sides are fair', () => {
  const random = createRandom(3);
  const votes: Vote[] = [];
  for (let time = 0; time < 600; time++) {
    const [left, right] = drawPair(['a', 'b', 'c', 'd'], votes, () => random.uniform())!;
    votes.push(met(left, right));
  }
  const pairs = new Map<string, number>();
  for (const { left, right } of votes) {
    const key = [left.from, right.from].sort().join();
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  expect([...pairs.values()]).toEqual([100, 100, 100, 100, 100, 100]);
  const ahead = votes.filter(({ left, right }) => left.from < right.from).length;
  // 600 fair coins: five deviations.
  expect(Math.abs(ahead - 300)).toBeLessThan(62);
});
