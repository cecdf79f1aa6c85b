/** Softmax regression for the kind of a page, by AdaGrad over hashed signs. */
import {
  kindBuckets,
  kindProbabilities,
  pageKinds,
} from '../../../packages/data/src/extraction/page-kind.js';

export interface KindExample {
  readonly tokens: readonly number[];
  readonly kind: number;
  readonly weight: number;
}

export function learnKindWeights(examples: readonly KindExample[], epochs = 60): Float32Array {
  const weights = new Float32Array(pageKinds.length * (kindBuckets + 1));
  const squares = new Float32Array(weights.length).fill(0.1);
  let state = 777;
  const order = examples.map((_, at) => at);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let at = order.length - 1; at > 0; at--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const other = state % (at + 1);
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    for (const index of order) {
      const { tokens, kind, weight } = examples[index]!;
      const found = kindProbabilities(tokens, weights);
      for (let row = 0; row < pageKinds.length; row++) {
        const error = weight * ((row === kind ? 1 : 0) - found[row]!);
        for (const token of [...tokens, kindBuckets]) {
          const at = row * (kindBuckets + 1) + token;
          const gradient = error - 0.001 * weights[at]!;
          squares[at]! += gradient * gradient;
          weights[at]! += (0.1 * gradient) / Math.sqrt(squares[at]!);
        }
      }
    }
  }
  return weights;
}
