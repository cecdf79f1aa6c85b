/**
 * The positions whose log-probabilities an objective reads: the head, a fifth of a small model's work, and
 * the softmax over the vocabulary are computed at those alone. Of packed conversations they are the
 * assistant's words, a third of all. How many they are is a symbol in the graph, so that one graph serves all
 * batches of a shape. Left out: pieces (`CompactMemory`), whose number a graph cannot leave open.
 */
import type { TokenBatch } from '@llm/core';
import { type Dimension, gather, type Objective, type ObjectiveInputs, type Tensor } from '@llm/graph';
import { type Feeds, int32 } from '../architecture/host-tensors.js';
import { concatAs } from '../attention/symbolic-shapes.js';

/** What `objective.readsWhere` names in a batch; undefined where all positions are read, or none. */
export function readNumbers(
  { readsWhere }: Objective,
  { weights, extraInputs }: Pick<TokenBatch, 'weights' | 'extraInputs'>,
): Float32Array | undefined {
  if (readsWhere === undefined) return undefined;
  const numbers = readsWhere === 'weights' ? weights : extraInputs?.[readsWhere];
  const readsSome = numbers?.includes(0) === true && numbers.some((number) => number !== 0);
  return readsSome ? numbers : undefined;
}

/** Positions with a number other than 0, in order; the first where there is none. */
export function positionsRead(numbers: Float32Array): Int32Array {
  const positions = Int32Array.from(numbers.keys()).filter((position) => numbers[position] !== 0);
  return positions.length === 0 ? Int32Array.of(0) : positions;
}

/** Those as inputs of `scoresWhereRead`, of `count` positions in all. */
export function readFeeds(read: Int32Array, count: number): Feeds {
  const places = new Int32Array(count);
  for (const [index, position] of read.entries()) places[position] = index + 1;
  return { readPositions: int32(read), readPlaces: int32(places) };
}

type Scores = Pick<ObjectiveInputs, 'logProbabilities' | 'entropy' | 'distribution'>;

/** What the head says after states [count, width]. */
export type ScoresOf = (states: Tensor, count: Dimension) => Scores;

/** states [positions, width] */
export const scoresEverywhere = (states: Tensor, scoresOf: ScoresOf): Scores =>
  scoresOf(states, states.shape[0]!);

/**
 * The same where they are read, and 0 elsewhere. Adds the inputs `readPositions` int32 ['read'] and
 * `readPlaces` int32 [positions].
 */
export function scoresWhereRead(states: Tensor, scoresOf: ScoresOf): Scores {
  const { graph } = states;
  const positions = graph.input('readPositions', 'int32', ['read']);
  const places = graph.input('readPlaces', 'int32', [states.shape[0]!]);
  const pick = (x: Tensor): Tensor => gather(x, positions);
  /** A gather, too, which knows where each row comes from: row 0 is that of all that is not read. */
  const spread = (x: Tensor): Tensor => {
    const row = x.shape.slice(1).map(Number);
    const none = graph.constant(new Float32Array(row.reduce((size, each) => size * each, 1)), [1, ...row]);
    return gather(concatAs([none, x], 0, ['1 + read', ...row]), places);
  };
  /** Each is the gradient of the other. */
  const moved = (x: Tensor, move: (x: Tensor) => Tensor, back: (x: Tensor) => Tensor): Tensor =>
    graph.composite(
      [x],
      () => [move(x)],
      ({ outputGradients: [d] }) => [back(d!)],
    )[0]!;
  const whole = (x: Tensor): Tensor => moved(x, spread, pick);
  const { logProbabilities, entropy, distribution } = scoresOf(moved(states, pick, spread), 'read');
  return {
    logProbabilities: whole(logProbabilities),
    entropy: () => whole(entropy()),
    distribution: () => whole(distribution()),
  };
}
