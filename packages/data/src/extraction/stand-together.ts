/**
 * What is built alike stands or falls together: the trees judge each block for itself and scatter around what
 * they think of its like, so that of thirty cards some fall below the cut. A share of the evidence of a block
 * (the logarithm of its odds) is the mean of the blocks under the same names, weighed by words.
 */
import type { ElementContext } from './element-context.js';
import type { TextBlocks } from './text-blocks.js';

/** Nothing is surer than this. */
const surest = 0.999;

/** `share`, 0…1: how much of the evidence is that of the others. */
export function standTogether(
  blocks: TextBlocks,
  context: ElementContext,
  probabilities: Float32Array,
  share: number,
): void {
  const numbers = new Map<number, number>();
  const numberOf = new Int32Array(blocks.count);
  const sums: number[] = [];
  const weights: number[] = [];
  for (let block = 0; block < blocks.count; block++) {
    const path = context.path[blocks.element[block]!]!;
    let number = numbers.get(path);
    if (number === undefined) {
      number = sums.push(0) - 1;
      weights.push(0);
      numbers.set(path, number);
    }
    numberOf[block] = number;
    const weight = blocks.words[block]! + 1;
    sums[number] = sums[number]! + weight * evidenceOf(probabilities[block]!);
    weights[number] = weights[number]! + weight;
  }
  for (let block = 0; block < blocks.count; block++) {
    const mean = sums[numberOf[block]!]! / weights[numberOf[block]!]!;
    const all = (1 - share) * evidenceOf(probabilities[block]!) + share * mean;
    probabilities[block] = 1 / (1 + Math.exp(-all));
  }
}

function evidenceOf(probability: number): number {
  const bounded = Math.min(surest, Math.max(1 - surest, probability));
  return Math.log(bounded / (1 - bounded));
}
