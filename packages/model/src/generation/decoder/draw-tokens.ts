/**
 * Sampling inside the graph, by inversion: the first token at which the running sum of probabilities passes a
 * uniform number. Two levels, blocks of tokens and the tokens of one block, so that no running sum is longer
 * than √vocabulary; and a vocabulary of scores per row need not leave the runtime, or the device.
 */
import {
  add,
  cast,
  type Graph,
  gatherElements,
  less,
  lessOrEqual,
  matMul,
  mul,
  pad,
  reduceMax,
  reduceSum,
  reshape,
  slice,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from '@llm/graph';

/** A factor that makes every positive float32 smaller: the drawn place lies before the end of the sum. */
const belowOne = 1 - 2 ** -23;

/** probabilities [rows, vocabulary], uniform [rows, 1] in [0, 1) → ids int32 [rows, 1] */
export function drawTokens(probabilities: Tensor, uniform: Tensor): Tensor {
  const { graph } = probabilities;
  const rows = probabilities.shape[0]!;
  const vocabulary = Number(probabilities.shape[1]);
  const size = Math.ceil(Math.sqrt(vocabulary));
  const blocks = Math.ceil(vocabulary / size);
  const padding = blocks * size - vocabulary;
  const padded = padding === 0 ? probabilities : pad(probabilities, 1, 0, padding);
  const grid = reshape(padded, [rows, blocks, size]);

  const blockSums = matMul(reduceSum(grid, 2), upToHere(graph, blocks));
  const place = mul(uniform, last(blockSums));
  const blocksBefore = sumsUpTo(blockSums, place);
  const start = reduceMax(mul(blockSums, blocksBefore), 1, { keepDimensions: true });
  const block = cast(reduceSum(blocksBefore, 1, { keepDimensions: true }), 'int32');

  // One index per token of the block: adding zeros repeats the block's number.
  const zeros = graph.constant(new Int32Array(size), [1, 1, size]);
  const inside = reshape(gatherElements(grid, add(unsqueeze(block, 2), zeros), 1), [rows, size]);
  const sums = matMul(inside, upToHere(graph, size));
  const tokensBefore = reduceSum(sumsUpTo(sums, sub(place, start)), 1, { keepDimensions: true });
  return add(mul(block, graph.constant(Int32Array.of(size), [])), cast(tokensBefore, 'int32'));
}

/** 1 where the running sum has not passed `place`, else 0: the first 0 is where something was added. */
function sumsUpTo(sums: Tensor, place: Tensor): Tensor {
  const end = mul(last(sums), belowOne);
  return cast(lessOrEqual(sums, where(less(place, end), place, end)), 'float32');
}

const last = (sums: Tensor): Tensor => slice(sums, 1, -1);

/** [count, count]: a row times it is its running sum. */
function upToHere(graph: Graph, count: number): Tensor {
  const ones = new Float32Array(count * count);
  for (let row = 0; row < count; row++) ones.fill(1, row * count + row, (row + 1) * count);
  return graph.constant(ones, [count, count]);
}
