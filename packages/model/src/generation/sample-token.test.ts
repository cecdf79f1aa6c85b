import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { type SamplingOptions, sampleToken } from './sample-token.js';

const probabilities = [0.4, 0.3, 0.2, 0.06, 0.04];
const logits = Float32Array.from(probabilities, (p) => Math.log(p) + 5);

function frequencies(options: SamplingOptions): number[] {
  const random = createRandom(3, JSON.stringify(options));
  const counts = new Array<number>(5).fill(0);
  for (let i = 0; i < 20_000; i++) counts[sampleToken(logits, options, random)]! += 1 / 20_000;
  return counts;
}

function expectNear(actual: number[], expected: number[]): void {
  for (const [i, share] of expected.entries()) {
    if (share === 0) expect(actual[i]).toBe(0);
    else expect(Math.abs(actual[i]! - share)).toBeLessThan(0.015);
  }
}

describe('sampleToken', () => {
  test('plain sampling follows the softmax', () => expectNear(frequencies({}), probabilities));
  test('temperature 0.5 squares the odds', () => {
    const squares = probabilities.map((p) => p * p);
    const total = squares.reduce((a, b) => a + b);
    expectNear(
      frequencies({ temperature: 0.5 }),
      squares.map((p) => p / total),
    );
  });
  test('top-k keeps k and renormalises', () => expectNear(frequencies({ topK: 2 }), [4 / 7, 3 / 7, 0, 0, 0]));
  test('top-p keeps the smallest set that reaches p', () =>
    expectNear(
      frequencies({ topP: 0.65 }),
      [0.4, 0.3, 0, 0, 0].map((p) => p / 0.7),
    ));
  test('min-p cuts below a share of the most likely', () =>
    expectNear(
      frequencies({ minP: 0.45 }),
      [0.4, 0.3, 0.2, 0, 0].map((p) => p / 0.9),
    ));
  test('greedy takes the lowest id among equals and draws nothing', () => {
    const random = createRandom(1);
    expect(sampleToken(Float32Array.of(1, 2, 2, 0), { temperature: 0 }, random)).toBe(1);
    expect(random.uint32()).toBe(createRandom(1).uint32());
  });
});
