import { createRandom } from '@llm/core';
import { Graph, referenceExecutor, serializeOnnx } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { drawTokens } from './draw-tokens.js';

const executors = [createNodeExecutor({ threads: 1 }), referenceExecutor];

describe.each(executors)('$name', (executor) => {
  async function draw(probabilities: number[], uniform: number[]): Promise<number[]> {
    const rows = uniform.length;
    const graph = new Graph();
    const size = probabilities.length;
    const p = graph.input('p', 'float32', ['rows', size]);
    graph.output('ids', drawTokens(p, graph.input('u', 'float32', ['rows', 1])));
    const session = await executor.createSession(serializeOnnx(graph));
    const data = Float32Array.from({ length: rows * size }, (_, i) => probabilities[i % size]!);
    const { ids } = await session.run({
      p: { type: 'float32', shape: [rows, size], data },
      u: { type: 'float32', shape: [rows, 1], data: Float32Array.from(uniform) },
    });
    await session.dispose();
    return Array.from(ids!.data as Int32Array);
  }

  test.each([1, 2, 7, 16, 41])('inverts the distribution over %i tokens', async (size) => {
    const random = createRandom(size);
    const weights = Array.from({ length: size }, (_, i) => (i % 3 === 1 ? 0 : random.uniform()));
    const total = weights.reduce((a, b) => a + b, 0);
    const probabilities = weights.map((weight) => weight / total);
    // The middle of every token's share.
    let sum = 0;
    const shares = probabilities.flatMap((p, id) => {
      sum += p;
      return p > 1e-3 ? [{ id, middle: sum - p / 2 }] : [];
    });
    const middles = shares.map(({ middle }) => middle);
    expect(await draw(probabilities, middles)).toEqual(shares.map(({ id }) => id));
  });

  test('the ends of the range draw tokens that have a probability', async () => {
    const probabilities = [0, 0, 0.25, 0, 0.5, 0.25 - 1e-7, 0, 0, 0, 0];
    expect(await draw(probabilities, [0, 1 - 2 ** -24, 1])).toEqual([2, 5, 5]);
    expect(await draw([0.5, 0.5], [0, 0.49, 0.5, 0.51])).toEqual([0, 0, 1, 1]);
  });

  test('20,000 draws follow the softmax', async () => {
    const random = createRandom(5);
    const probabilities = [0.4, 0.3, 0.2, 0.06, 0.04];
    const ids = await draw(
      probabilities,
      Array.from({ length: 20_000 }, () => random.uniform()),
    );
    for (const [id, probability] of probabilities.entries()) {
      const share = ids.filter((drawn) => drawn === id).length / ids.length;
      expect(Math.abs(share - probability)).toBeLessThan(0.015);
    }
  });
});
