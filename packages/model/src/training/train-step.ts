/** One optimizer step on one batch, or several whose gradients add up; if not finite it changes nothing. */
import { LlmError, type StepResult, type TokenBatch } from '@llm/core';
import type { Objective, StateBuffers } from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import type { Feeds } from '../architecture/host-tensors.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { checkBatch } from './check-batch.js';
import type { GraphSessions } from './graph-sessions.js';
import type { MemoryOption } from './memory.js';
import { readNumbers } from './read-positions.js';
import { shapeName, shapeOf } from './sequence-forward.js';
import {
  accumulationFeeds,
  accumulationGraph,
  batchFeeds,
  gradientGraph,
  gradientName,
  gradientNormOf,
  type LossGraphOptions,
  lossOf,
  metricsOf,
  normFeeds,
  stepFeeds,
  trainingGraph,
  updateGraph,
} from './training-graph.js';
import { splitByUpdate, updateInPieces } from './update-in-pieces.js';

/** What a step is taken with. */
export interface StepParts {
  readonly architecture: Architecture;
  readonly sessions: GraphSessions;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly memory: MemoryOption | undefined;
  readonly buffers: StateBuffers;
  /** Numbers that are updated at once; undefined: all, in one graph. */
  readonly piece: number | undefined;
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
  const { sessions, optimizer, piece } = parts;
  const { name, inputs, options } = lossOfBatch(parts, batch);
  if (piece !== undefined) {
    const session = await sessions.open(`gradients ${name}`, () => gradientGraph(options));
    const outputs = await session.step(inputs);
    const result = resultOf(outputs);
    await updateFrom(parts, result, feeds, outputs);
    return result;
  }
  const session = await sessions.open(`train ${name}`, () => trainingGraph({ ...options, optimizer }));
  return resultOf(
    await session.step({ ...inputs, ...feeds }, undefined, (outputs) => isUsable(resultOf(outputs))),
  );
}

/** Gradient accumulation: parameters and optimizer state move once, after the last batch. */
async function stepInParts(
  parts: StepParts,
  batches: readonly TokenBatch[],
  feeds: Feeds,
): Promise<StepResult> {
  const { sessions } = parts;
  let loss = 0;
  let gradientNorm = 0;
  const metrics: Record<string, number> = {};
  for (const [index, batch] of batches.entries()) {
    const { name, inputs, options } = lossOfBatch(parts, batch);
    const session = await sessions.open(`accumulate ${name}`, () => accumulationGraph(options));
    const outputs = await session.step({ ...inputs, ...accumulationFeeds(index > 0) });
    loss += lossOf(outputs);
    gradientNorm = gradientNormOf(outputs);
    for (const [name, value] of Object.entries(metricsOf(outputs)))
      metrics[name] = (metrics[name] ?? 0) + value / batches.length;
  }
  const result = { loss, gradientNorm, metrics };
  await updateFrom(parts, result, feeds);
  return result;
}

/** Updates from gradients, unless the step is refused: those of one batch, or by default those added up. */
async function updateFrom(
  parts: StepParts,
  result: StepResult,
  feeds: Feeds,
  outputs?: Feeds,
): Promise<void> {
  if (!isUsable(result)) return;
  const { architecture, sessions, optimizer, buffers, piece } = parts;
  const { inPieces, whole } = splitByUpdate(architecture, optimizer, piece);
  const allFeeds = { ...feeds, ...normFeeds(result.gradientNorm) };
  if (piece !== undefined)
    await updateInPieces({ ...parts, piece, feeds: allFeeds }, inPieces, (name) =>
      outputs === undefined ? buffers.current(gradientName(name)) : outputs[gradientName(name)]!,
    );
  if (whole.size === 0) return;
  for (const [name, { shape }] of outputs === undefined ? [] : whole) {
    buffers.declare(gradientName(name), { type: 'float32', shape });
    buffers.advance(gradientName(name), outputs![gradientName(name)]!);
  }
  const session = await sessions.open('update', () => updateGraph(optimizer, whole));
  await session.step(allFeeds);
}

function resultOf(outputs: Feeds): StepResult {
  return { loss: lossOf(outputs), gradientNorm: gradientNormOf(outputs), metrics: metricsOf(outputs) };
}

const isUsable = ({ loss, gradientNorm }: StepResult): boolean =>
  Number.isFinite(loss) && Number.isFinite(gradientNorm);

/** The graph of a batch's loss, of one `name` where it is the same, and its inputs. */
function lossOfBatch(
  { architecture, objective, memory }: StepParts,
  batch: TokenBatch,
): { readonly name: string; readonly options: LossGraphOptions; readonly inputs: Feeds } {
  const { config } = architecture;
  const shape = shapeOf(config, batch, memory);
  const read = shape.memory === undefined ? readNumbers(objective, batch) : undefined;
  const readsSome = read !== undefined;
  return {
    name: `${shapeName(batch)}${readsSome ? ' where read' : ''}`,
    options: { architecture, objective, shape, readsSome },
    inputs: batchFeeds(config, batch, objective, read),
  };
}
