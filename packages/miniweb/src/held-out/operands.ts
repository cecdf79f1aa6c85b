/**
 * Operands of additions: the number of digits first, so that
 * short numbers are not lost among the many long ones.
 */
import type { Random } from '@llm/core';
import { isHeldOutPair } from './held-out.js';

/** Weight of 1, 2, 3, … digits: each more than the last, since there is more to learn. */
const digitWeights = [1, 3, 6, 10, 15, 21];

/** A number of one to `digits` digits (1…6). */
function drawOperand(random: Random, digits: number): number {
  const weights = digitWeights.slice(0, digits);
  let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  let length = 1;
  for (const weight of weights) {
    if (rest < weight) break;
    rest -= weight;
    length = Math.min(length + 1, digits);
  }
  return length === 1 ? random.integer(10) : 10 ** (length - 1) + random.integer(9 * 10 ** (length - 1));
}

/** Two operands whose sum may be taught. */
export function drawOpenPair(random: Random, digits = 3): [number, number] {
  for (;;) {
    const pair: [number, number] = [drawOperand(random, digits), drawOperand(random, digits)];
    if (!isHeldOutPair(...pair)) return pair;
  }
}

/** Two operands kept for testing. */
export function drawHeldOutPair(random: Random, digits = 3): [number, number] {
  for (;;) {
    const pair: [number, number] = [drawOperand(random, digits), drawOperand(random, digits)];
    if (isHeldOutPair(...pair)) return pair;
  }
}
