// Against choix 0.4.1 (tooling/oracles/rl/choix_ratings.py),
// by hand, and whether intervals hold what they say.
import { readFileSync } from 'node:fs';
import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { type Comparison, fitRatings } from './fit-ratings.js';

interface Recorded {
  readonly prior: number;
  readonly votes: readonly (readonly [string, string, Comparison['winner']])[];
  readonly ratings: Readonly<Record<string, readonly [number, number, number]>>;
}
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/choix-ratings.json', import.meta.url), 'utf8'),
) as Recorded[];

test('ratings and intervals are those of choix', () => {
  for (const { prior, votes, ratings } of recorded) {
    const fitted = fitRatings(
      votes.map(([first, second, winner]) => ({ first, second, winner })),
      { prior },
    );
    expect(fitted).toHaveLength(Object.keys(ratings).length);
    for (const { name, rating, interval } of fitted)
      for (const [at, value] of [rating, ...interval].entries())
        expect(value).toBeCloseTo(ratings[name]![at]!, 3);
  }
});

test('by hand: three to one are odds of three, and no vote is no knowledge', () => {
  const votes = ['first', 'first', 'first', 'second'] as const;
  const [a, b] = fitRatings(
    votes.map((winner) => ({ first: 'a', second: 'b', winner })),
    { prior: 1e6 },
  );
  // 400 · log₁₀ 3
  expect(a!.rating - b!.rating).toBeCloseTo(190.8485, 3);
  // Half the difference has the deviation ½ · 1/√(4 · ¾ · ¼) in natural logarithms.
  expect(a!.interval[1] - a!.rating).toBeCloseTo(((1.959964 * 0.5) / Math.sqrt(0.75)) * 173.7178, 3);
  const [only] = fitRatings([], { others: ['x', 'y'] });
  expect(only!.rating).toBe(1000);
  // σ of one of two about their mean is 400/√2.
  expect(only!.interval[1]).toBeCloseTo(1000 + (1.959964 * 400) / Math.SQRT2, 6);
  expect(fitRatings([])).toEqual([]);
});

test('the order of votes and of names changes nothing', () => {
  const votes = recorded[1]!.votes.map(([first, second, winner]) => ({ first, second, winner }));
  const turned = votes.toReversed().map(({ first, second, winner }) => ({
    first: second,
    second: first,
    winner: winner === 'neither' ? winner : winner === 'first' ? ('second' as const) : ('first' as const),
  }));
  const again = fitRatings(turned);
  for (const [at, { name, rating }] of fitRatings(votes).entries()) {
    expect(again[at]!.name).toBe(name);
    expect(again[at]!.rating).toBeCloseTo(rating, 6);
  }
});

test('a thousand votes for the same one stay finite', () => {
  const votes = Array.from({ length: 1000 }, () => ({
    first: 'a',
    second: 'b',
    winner: 'first' as const,
  }));
  const [best] = fitRatings(votes);
  expect(best!.name).toBe('a');
  expect(best!.rating).toBeLessThan(2500);
  expect(fitRatings(votes, { prior: 1e9 })[0]!.interval.every(Number.isFinite)).toBe(true);
});

test('of 95 % intervals about 95 of 100 hold the truth', () => {
  const random = createRandom(1);
  const points = [-250, -50, 100, 200];
  const names = points.map(String);
  let held = 0;
  const runs = 250;
  for (let run = 0; run < runs; run++) {
    const votes = Array.from({ length: 200 }, (): Comparison => {
      const a = Math.floor(random.uniform() * 4);
      const b = (a + 1 + Math.floor(random.uniform() * 3)) % 4;
      const chance = 1 / (1 + 10 ** ((points[b]! - points[a]!) / 400));
      return { first: names[a]!, second: names[b]!, winner: random.uniform() < chance ? 'first' : 'second' };
    });
    for (const { name, interval } of fitRatings(votes))
      if (interval[0] <= 1000 + Number(name) && 1000 + Number(name) <= interval[1]) held++;
  }
  expect(held / (4 * runs)).toBeGreaterThan(0.93);
  expect(held / (4 * runs)).toBeLessThan(0.98);
});

test('one with itself is refused', () => {
  expect(() => fitRatings([{ first: 'a', second: 'a', winner: 'first' }])).toThrow(/itself/);
});
