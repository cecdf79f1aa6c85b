/**
 * What is built alike stands or falls together: the trees judge each block for itself and scatter around what
 * they think of its like, so that of thirty paragraphs some fall below the cut. The evidence of a block (the
 * logarithm of its odds) is half its own, a quarter that of the blocks under the same names, a quarter that
 * of the blocks under the same tags, weighed by words.
 */
import type { TextBlocks } from './cut-blocks.js';
import type { ElementContext } from './element-context.js';

/** Nothing is surer than this. */
const surest = 0.999;

export function standTogether(
  blocks: TextBlocks,
  context: ElementContext,
  probabilities: Float32Array,
): void {
  const evidence = Float32Array.from(probabilities, (probability) => {
    const bounded = Math.min(surest, Math.max(1 - surest, probability));
    return Math.log(bounded / (1 - bounded));
  });
  const ofNames = meanOfAlike(blocks, context.path, evidence);
  const ofTags = meanOfAlike(blocks, context.tagPath, evidence);
  for (let block = 0; block < blocks.count; block++) {
    const all = evidence[block]! / 2 + (ofNames(block) + ofTags(block)) / 4;
    probabilities[block] = 1 / (1 + Math.exp(-all));
  }
}

function meanOfAlike(
  blocks: TextBlocks,
  kinds: Int32Array,
  evidence: Float32Array,
): (block: number) => number {
  const numbers = new Map<number, number>();
  const numberOf = new Int32Array(blocks.count);
  const sums: number[] = [];
  const weights: number[] = [];
  for (let block = 0; block < blocks.count; block++) {
    const kind = kinds[blocks.element[block]!]!;
    let number = numbers.get(kind);
    if (number === undefined) {
      number = sums.push(0) - 1;
      weights.push(0);
      numbers.set(kind, number);
    }
    numberOf[block] = number;
    const weight = blocks.words[block]! + 1;
    sums[number] = sums[number]! + weight * evidence[block]!;
    weights[number] = weights[number]! + weight;
  }
  return (block) => sums[numberOf[block]!]! / weights[numberOf[block]!]!;
}
