/** What the model says about whole sequences without learning from them. */
import { LlmError, type ScoreBatch } from '@llm/core';
import { Graph, type Tensor } from '@llm/graph';
import { languageModelHead, scalarHead } from '../architecture/forward.js';
import { type Feeds, int32 } from '../architecture/host-tensors.js';
import { type Parameters, parameterInputs } from '../architecture/parameters.js';
import { checkBatch } from './check-batch.js';
import {
  behindShared,
  type SequenceShape,
  type Sequences,
  sequenceFeeds,
  sequenceStates,
  shapeName,
  shapeOf,
  sharedColumns,
  withoutColumns,
} from './sequence-forward.js';
import { tokenScores } from './token-scores.js';
import type { StepParts } from './train-step.js';

type ScoringParts = Pick<StepParts, 'architecture' | 'sessions' | 'memory'>;

/** log p(target) of every position, [rows × columns]; 0 where all branches of a row are alike. */
export async function targetLogProbabilities(parts: ScoringParts, batch: ScoreBatch): Promise<Float32Array> {
  const { config } = parts.architecture;
  checkBatch(config, batch);
  const { rows, columns } = batch;
  const shared = sharedColumns(batch);
  const own = columns - shared;
  const feeds = { targets: int32(withoutColumns(batch.targets, columns, shared)) };
  const scores = await compute(parts, 'logProbabilities', batch, feeds, (parameters, states, shape) => {
    const targets = states.graph.input('targets', 'int32', [rows * own]);
    const { memory, temperature } = shape;
    const scored = behindShared(states, shape, config.width);
    return tokenScores(config, parameters, scored, targets, memory, temperature).logProbabilities;
  });
  checkFinite(scores, own);
  if (shared === 0) return scores;
  const all = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    all.set(scores.subarray(row * own, (row + 1) * own), row * columns + shared);
  return all;
}

/** What the scalar head says after every input, [rows × columns]. */
export async function scalarValues(parts: ScoringParts, batch: ScoreBatch): Promise<Float32Array> {
  const { config } = parts.architecture;
  checkBatch(config, { ...batch, targets: batch.inputs });
  const values = await compute(parts, 'values', batch, {}, (parameters, states) =>
    scalarHead(config, parameters, states),
  );
  checkFinite(values, batch.columns);
  return values;
}

/** Logits of every position, [rows × columns × vocabularySize]. */
export async function allLogits(parts: ScoringParts, batch: Sequences): Promise<Float32Array> {
  const { config } = parts.architecture;
  checkBatch(config, { ...batch, targets: batch.inputs });
  const logits = await compute(parts, 'logits', batch, {}, (parameters, states) =>
    languageModelHead(config, parameters, states),
  );
  checkFinite(logits, batch.columns * config.vocabularySize);
  return logits;
}

/** `rowSize` numbers a row. Throws `model/scores-not-finite`. */
function checkFinite(scores: Float32Array, rowSize: number): void {
  const index = scores.findIndex((score) => !Number.isFinite(score));
  if (index < 0) return;
  const row = Math.floor(index / rowSize);
  throw new LlmError({
    code: 'model/scores-not-finite',
    message: `Row ${row} of the batch: a score of the model is ${scores[index]}. Its weights hold NaN or infinity, or are so large that the scores overflow: load an older checkpoint.`,
    details: { row, score: String(scores[index]) },
  });
}

/** One output of a graph over the residual stream after the final norm. */
async function compute(
  { architecture, sessions, memory }: ScoringParts,
  output: string,
  batch: Sequences,
  feeds: Feeds,
  build: (parameters: Parameters, states: Tensor, shape: SequenceShape) => Tensor,
): Promise<Float32Array> {
  const { config } = architecture;
  const session = await sessions.open(`${output} ${shapeName(batch)}`, () => {
    const graph = new Graph();
    const parameters = parameterInputs(graph, architecture);
    const shape = shapeOf(config, batch, memory);
    graph.output(output, build(parameters, sequenceStates(graph, config, parameters, shape), shape));
    return { graph, state: [] };
  });
  const outputs = await session.step({ ...sequenceFeeds(config, batch), ...feeds });
  return outputs[output]!.data as Float32Array;
}
