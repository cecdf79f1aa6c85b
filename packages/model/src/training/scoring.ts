/** What the model says about whole sequences without learning from them. */
import type { ScoreBatch } from '@llm/core';
import { Graph } from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import { languageModelHead } from '../architecture/forward.js';
import { parameterInputs } from '../architecture/parameters.js';
import { checkBatch } from './check-batch.js';
import type { GraphSessions } from './graph-sessions.js';
import { int32 } from './host-tensors.js';
import type { MemoryOption } from './memory.js';
import { sequenceFeeds, sequenceStates, shapeName, shapeOf } from './sequence-forward.js';
import { tokenScores } from './token-scores.js';

interface ScoringParts {
  readonly architecture: Architecture;
  readonly sessions: GraphSessions;
  readonly memory: MemoryOption | undefined;
}

/** log p(target) of every position, [rows × columns]. */
export async function targetLogProbabilities(
  { architecture, sessions, memory }: ScoringParts,
  batch: ScoreBatch,
): Promise<Float32Array> {
  const { config } = architecture;
  checkBatch(config, batch);
  const session = await sessions.open(`score ${shapeName(batch)}`, () => {
    const graph = new Graph();
    const parameters = parameterInputs(graph, architecture);
    const shape = shapeOf(config, batch, memory);
    const states = sequenceStates(graph, config, parameters, shape);
    const targets = graph.input('targets', 'int32', [batch.rows * batch.columns]);
    const scores = tokenScores(config, parameters, states, targets, shape.memory);
    graph.output('logProbabilities', scores.logProbabilities);
    return { graph, state: [] };
  });
  const outputs = await session.step({ ...sequenceFeeds(batch), targets: int32(batch.targets) });
  return outputs.logProbabilities!.data as Float32Array;
}

/** Logits of every position, [rows × columns × vocabularySize]. */
export async function allLogits(
  { architecture, sessions, memory }: ScoringParts,
  batch: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>,
): Promise<Float32Array> {
  const { config } = architecture;
  checkBatch(config, { ...batch, targets: batch.inputs });
  const session = await sessions.open(`logits ${shapeName(batch)}`, () => {
    const graph = new Graph();
    const parameters = parameterInputs(graph, architecture);
    const states = sequenceStates(graph, config, parameters, shapeOf(config, batch, memory));
    graph.output('logits', languageModelHead(config, parameters, states));
    return { graph, state: [] };
  });
  return (await session.step(sequenceFeeds(batch))).logits!.data as Float32Array;
}
