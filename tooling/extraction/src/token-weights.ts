/** Logistic regression on hashed words, by AdaGrad: one weight a bucket for names, lines and headings. */
import { nameBuckets } from '../../../packages/data/src/extraction/name-tokens.js';
import type { LabelledPage } from './labelled-pages.js';

export interface TokenWeights {
  readonly names: Float32Array;
  readonly lines: Float32Array;
  readonly headings: Float32Array;
}

export function learnTokenWeights(pages: readonly LabelledPage[], epochs = 4, l2 = 2e-4): TokenWeights {
  const make = (): { weights: Float32Array; squares: Float32Array } => ({
    weights: new Float32Array(nameBuckets),
    squares: new Float32Array(nameBuckets).fill(1e-2),
  });
  const tables = [make(), make(), make()];
  let bias = 0;
  const order = pages.map((_, at) => at);
  let state = 12345;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let at = order.length - 1; at > 0; at--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const other = state % (at + 1);
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    for (const index of order) {
      const page = pages[index]!;
      for (let block = 0; block < page.labels.length; block++) {
        const weight = page.weights[block]!;
        if (weight === 0) continue;
        const lists = [page.names[block]!, page.lines[block]!, page.headings[block]!];
        let score = bias;
        for (let table = 0; table < 3; table++)
          for (const token of lists[table]!) score += tables[table]!.weights[token]!;
        const error = Math.sqrt(weight) * (page.labels[block]! - 1 / (1 + Math.exp(-score)));
        bias += 0.01 * error;
        for (let table = 0; table < 3; table++) {
          const { weights, squares } = tables[table]!;
          for (const token of lists[table]!) {
            const gradient = error - l2 * weights[token]!;
            squares[token]! += gradient * gradient;
            weights[token]! += (0.08 * gradient) / Math.sqrt(squares[token]!);
          }
        }
      }
    }
  }
  return { names: tables[0]!.weights, lines: tables[1]!.weights, headings: tables[2]!.weights };
}
