/** One optimizer step on one batch, or several whose gradients add up; if not finite it changes nothing. */
import { LlmError, type StepResult, type TokenBatch } from '@llm/core';
import type { Objective } from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { checkBatch } from './check-batch.js';
import type { GraphSessions } from './graph-sessions.js';
import type { MemoryOption } from './memory.js';
import { shapeName, shapeOf } from './sequence-forward.js';
import {
  accumulationFeeds,
  accumulationGraph,
  batchFeeds,
  type Feeds,
  gradientNormOf,
  type LossGraphOptions,
  lossOf,
  metricsOf,
  stepFeeds,
  trainingGraph,
  updateGraph,
} from './training-graph.js';

/** What a step is taken with. */
export interface StepParts {
  readonly architecture: Architecture;
  readonly sessions: GraphSessions;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly memory: MemoryOption | undefined;
}

/**
 * `step` counts from 1. Throws `model/batch-invalid`, `model/token-out-of-range`,
 * `model/learning-rate-invalid` or `model/loss-not-finite`.
 */
export async function takeTrainStep(
  parts: StepParts,
  batches: readonly TokenBatch[],
  step: number,
  learningRate: number,
): Promise<StepResult> {
  const [first] = batches;
  if (first === undefined)
    throw new LlmError({
      code: 'model/batch-invalid',
      message: 'A step needs at least one batch, got none.',
    });
  for (const batch of batches) checkBatch(parts.architecture.config, batch, parts.objective);
  if (!Number.isFinite(learningRate))
    throw new LlmError({
      code: 'model/learning-rate-invalid',
      message: `Step ${step}: the learning rate is ${learningRate}; it must be a finite number.`,
      details: { step },
    });
  const feeds = stepFeeds(parts.optimizer, step, learningRate);
  const result = await (batches.length === 1
    ? stepAtOnce(parts, first, feeds)
    : stepInParts(parts, batches, feeds));
  const { loss, gradientNorm } = result;
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
    throw new LlmError({
      code: 'model/loss-not-finite',
      message: `Step ${step}: the loss is ${loss} and the gradient norm ${gradientNorm}. The parameters were left as they were; lower the learning rate (now ${learningRate}) or look at the batch.`,
      details: { step, loss: String(loss), gradientNorm: String(gradientNorm) },
    });
  return result;
}

async function stepAtOnce(parts: StepParts, batch: TokenBatch, feeds: Feeds): Promise<StepResult> {
  const { architecture, sessions, objective, optimizer } = parts;
  const session = await sessions.open(`train ${shapeName(batch)}`, () =>
    trainingGraph({ ...lossGraphOptions(parts, batch), optimizer }),
  );
  const outputs = await session.step(
    { ...batchFeeds(architecture.config, batch, objective), ...feeds },
    undefined,
    (results) => Number.isFinite(lossOf(results)) && Number.isFinite(gradientNormOf(results)),
  );
  return { loss: lossOf(outputs), gradientNorm: gradientNormOf(outputs), metrics: metricsOf(outputs) };
}

/** Gradient accumulation: parameters and optimizer state move once, after the last batch. */
async function stepInParts(
  parts: StepParts,
  batches: readonly TokenBatch[],
  feeds: Feeds,
): Promise<StepResult> {
  const { architecture, sessions, objective, optimizer } = parts;
  let loss = 0;
  const metrics: Record<string, number> = {};
  for (const [index, batch] of batches.entries()) {
    const session = await sessions.open(`accumulate ${shapeName(batch)}`, () =>
      accumulationGraph(lossGraphOptions(parts, batch)),
    );
    const outputs = await session.step({
      ...batchFeeds(architecture.config, batch, objective),
      ...accumulationFeeds(index > 0),
    });
    loss += lossOf(outputs);
    for (const [name, value] of Object.entries(metricsOf(outputs)))
      metrics[name] = (metrics[name] ?? 0) + value / batches.length;
  }
  const session = await sessions.open('update', () => updateGraph(architecture, optimizer));
  const outputs = await session.step(
    feeds,
    undefined,
    (results) => Number.isFinite(loss) && Number.isFinite(gradientNormOf(results)),
  );
  return { loss, gradientNorm: gradientNormOf(outputs), metrics };
}

function lossGraphOptions(
  { architecture, objective, memory }: StepParts,
  batch: TokenBatch,
): LossGraphOptions {
  return { architecture, objective, shape: shapeOf(architecture.config, batch, memory) };
}
