/**
 * From the mean of a line's rows to the scores of labels, after the loss that a model was trained with:
 * softmax, a sigmoid for each label (negative sampling, one-vs-all), or a Huffman tree of sigmoids.
 */
import type { FastTextFile } from './fasttext-file.js';
import type { RowMatrix } from './row-matrix.js';

export interface LabelScorer {
  best(hidden: Float64Array): { readonly label: number; readonly score: number };
  all(hidden: Float64Array): Float64Array;
}

/** fastText's logarithm of probabilities adds a small number against zero, so scores may pass 1 by it. */
const small = 1e-5;
export const scoreLimit = 1;

export function createLabelScorer({ loss, labels, output }: FastTextFile): LabelScorer {
  if (loss === 'hs') return treeScorer(buildTree(labels.map(({ count }) => count)), output);
  const all = loss === 'softmax' ? softmax : sigmoids;
  return {
    all: (hidden) => all(output, hidden).map((probability) => probability + small),
    best(hidden) {
      const probabilities = all(output, hidden);
      let label = 0;
      for (let at = 1; at < probabilities.length; at++)
        if (probabilities[at]! > probabilities[label]!) label = at;
      return { label, score: probabilities[label]! + small };
    },
  };
}

function softmax(output: RowMatrix, hidden: Float64Array): Float64Array {
  const logits = Float64Array.from({ length: output.rows }, (_, label) => output.dot(label, hidden));
  const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** fastText looks sigmoids up in a table of 512 steps from −8 to 8. */
const steps = 512;
const bound = 8;

function sigmoids(output: RowMatrix, hidden: Float64Array): Float64Array {
  return Float64Array.from({ length: output.rows }, (_, label) => {
    const logit = output.dot(label, hidden);
    if (logit < -bound) return 0;
    if (logit > bound) return 1;
    const step = Math.floor(((logit + bound) * steps) / bound / 2);
    return 1 / (1 + Math.exp(-((step * 2 * bound) / steps - bound)));
  });
}

/** Children in the Huffman tree; nodes below `leaves` are labels, the root is the last node. */
interface LabelTree {
  readonly leaves: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

function buildTree(counts: readonly number[]): LabelTree {
  const leaves = counts.length;
  const nodes = 2 * leaves - 1;
  const total = new Float64Array(nodes).fill(1e15);
  total.set(counts);
  const left = new Int32Array(nodes).fill(-1);
  const right = new Int32Array(nodes).fill(-1);
  let leaf = leaves - 1;
  let inner = leaves;
  const smallest = (): number => (leaf >= 0 && total[leaf]! < total[inner]! ? leaf-- : inner++);
  for (let node = leaves; node < nodes; node++) {
    left[node] = smallest();
    right[node] = smallest();
    total[node] = total[left[node]!]! + total[right[node]!]!;
  }
  return { leaves, left, right };
}

function treeScorer(tree: LabelTree, output: RowMatrix): LabelScorer {
  /** Depth-first; a branch below `least()` is not entered. */
  const walk = (hidden: Float64Array, least: () => number, reach: (leaf: number, score: number) => void) => {
    const stack: [node: number, score: number][] = [[2 * tree.leaves - 2, 0]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [node, score] = top;
      if (score < least()) continue;
      if (node < tree.leaves) {
        reach(node, score);
        continue;
      }
      const probability = 1 / (1 + Math.exp(-output.dot(node - tree.leaves, hidden)));
      stack.push([tree.right[node]!, score + Math.log(probability + small)]);
      stack.push([tree.left[node]!, score + Math.log(1 - probability + small)]);
    }
  };
  return {
    best(hidden) {
      let best = Number.NEGATIVE_INFINITY;
      let label = 0;
      walk(
        hidden,
        () => best,
        (leaf, score) => {
          best = score;
          label = leaf;
        },
      );
      return { label, score: Math.exp(best) };
    },
    all(hidden) {
      const scores = new Float64Array(tree.leaves);
      walk(
        hidden,
        () => Number.NEGATIVE_INFINITY,
        (leaf, score) => {
          scores[leaf] = Math.exp(score);
        },
      );
      return scores;
    },
  };
}
