/**
 * Who meets: of all pairs one that has met least often, and which side each is on, by a coin. So every pair
 * is judged about equally often, whoever leads, and a taste for one side is for nobody.
 */
import type { Vote } from '../../wire/index.js';

/** `random`: 0 to below 1. Undefined for fewer than two. */
export function drawPair(
  names: readonly string[],
  votes: readonly Vote[],
  random: () => number = Math.random,
): readonly [left: string, right: string] | undefined {
  const met = new Map<string, number>();
  for (const { left, right } of votes) {
    const key = keyOf(left.from, right.from);
    met.set(key, (met.get(key) ?? 0) + 1);
  }
  let least = Number.POSITIVE_INFINITY;
  let pairs: (readonly [string, string])[] = [];
  for (const [at, first] of names.entries())
    for (const second of names.slice(at + 1)) {
      const times = met.get(keyOf(first, second)) ?? 0;
      if (times < least) [least, pairs] = [times, []];
      if (times === least) pairs.push([first, second]);
    }
  const pair = pairs[Math.floor(random() * pairs.length)];
  if (pair === undefined) return undefined;
  return random() < 0.5 ? pair : [pair[1], pair[0]];
}

const keyOf = (first: string, second: string): string => JSON.stringify([first, second].sort());
