/**
 * One optimizer step as one graph: forward, objective, gradients, clipping, update. Inputs are the batch, the
 * parameters and the optimizer's state; outputs the loss, the gradient norm, metrics and the next state. For
 * a step over several batches the same in two: a graph that adds a batch's gradients to those before, and one
 * that updates. What the inputs and outputs are called is known here alone.
 */
import type { TokenBatch } from '@llm/core';
import {
  add,
  constantScalar,
  differentiate,
  div,
  Graph,
  greater,
  type HostTensor,
  min,
  type Objective,
  reduceSumSquare,
  reshape,
  type StateBinding,
  slice,
  sqrt,
  type Tensor,
  where,
} from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import { scalarHead } from '../architecture/forward.js';
import { float32, int32, scalar } from '../architecture/host-tensors.js';
import { type Parameters, parameterInputs } from '../architecture/parameters.js';
import type { ModelConfig } from '../config/model-config.js';
import { type Optimizer, stateName } from '../optimizers/optimizer.js';
import type { StatefulGraph } from './graph-sessions.js';
import { type SequenceShape, sequenceFeeds, sequenceStates, sharedColumns } from './sequence-forward.js';
import { tokenScores } from './token-scores.js';

export interface LossGraphOptions {
  readonly architecture: Architecture;
  readonly objective: Objective;
  readonly shape: SequenceShape;
}

/** Tensors by the name of an input or output. */
export type Feeds = Readonly<Record<string, HostTensor>>;

const extraName = (name: string): string => `extra.${name}`;
const accumulatedName = (parameter: string): string => `gradient.${parameter}`;
const metricPrefix = 'metric.';

export function trainingGraph(options: LossGraphOptions & { readonly optimizer: Optimizer }): StatefulGraph {
  const graph = new Graph();
  const parameters = parameterInputs(graph, options.architecture);
  const gradients = lossAndGradients(graph, options, parameters);
  return { graph, state: update(graph, options.architecture, options.optimizer, parameters, gradients) };
}

/** Adds a batch's gradients to the state, or puts them in its place; see `accumulationFeeds`. */
export function accumulationGraph(options: LossGraphOptions): StatefulGraph {
  const graph = new Graph();
  const { architecture } = options;
  const gradients = lossAndGradients(graph, options, parameterInputs(graph, architecture));
  const isAdded = greater(graph.input('accumulated', 'float32', []), 0);
  const state = [...architecture.trained].map(([name, { shape }], index) => {
    const input = accumulatedName(name);
    const before = where(isAdded, graph.input(input, 'float32', shape), 0);
    return carry(graph, input, add(before, gradients[index]!));
  });
  return { graph, state };
}

/** The rest of the step from the accumulated gradients. */
export function updateGraph(architecture: Architecture, optimizer: Optimizer): StatefulGraph {
  const graph = new Graph();
  const parameters = parameterInputs(graph, architecture);
  const gradients = [...architecture.trained].map(([name, { shape }]) =>
    graph.input(accumulatedName(name), 'float32', shape),
  );
  const read = gradients.map(({ name }) => ({ input: name }));
  return { graph, state: [...update(graph, architecture, optimizer, parameters, gradients), ...read] };
}

/** A batch as inputs of the first two. */
export function batchFeeds(config: ModelConfig, batch: TokenBatch, objective: Objective): Feeds {
  const { extraInputs, vocabularyInputs = [] } = objective;
  const feeds = sequenceFeeds(config, batch);
  const shared = sharedColumns(batch);
  feeds.targets = int32(withoutColumns(batch.targets, batch.columns, shared));
  feeds.weights = float32(withoutColumns(batch.weights, batch.columns, shared));
  feeds.normalizer = scalar(batch.normalizer);
  for (const name of extraInputs)
    feeds[extraName(name)] = float32(withoutColumns(batch.extraInputs![name]!, batch.columns, shared));
  for (const name of vocabularyInputs)
    feeds[extraName(name)] = float32(batch.extraInputs![name]!, [
      batch.targets.length,
      config.vocabularySize,
    ]);
  return feeds;
}

/** Each row without its first `count` columns. */
function withoutColumns<Numbers extends Int32Array | Float32Array>(
  numbers: Numbers,
  columns: number,
  count: number,
): Numbers {
  if (count === 0) return numbers;
  return numbers.filter((_, i) => i % columns >= count) as Numbers;
}

/** Whether the batch's gradients are added to those before. */
export function accumulationFeeds(isAdded: boolean): Feeds {
  return { accumulated: scalar(isAdded ? 1 : 0) };
}

/** What an update of that step, counted from 1, needs beside the gradients. */
export function stepFeeds(optimizer: Optimizer, step: number, learningRate: number): Feeds {
  const scalars = { ...optimizer.scalars(step), learningRate };
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)]));
}

export const lossOf = (outputs: Feeds): number => Number(outputs.loss!.data[0]);

export const gradientNormOf = (outputs: Feeds): number => Number(outputs.gradientNorm!.data[0]);

/** The objective's own metrics by name. */
export function metricsOf(outputs: Feeds): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [name, { data }] of Object.entries(outputs))
    if (name.startsWith(metricPrefix)) metrics[name.slice(metricPrefix.length)] = Number(data[0]);
  return metrics;
}

/** Adds the outputs of loss and metrics; returns the gradients of what is trained, in its order. */
function lossAndGradients(
  graph: Graph,
  { architecture, objective, shape }: LossGraphOptions,
  parameters: Parameters,
): readonly Tensor[] {
  const { config, trained } = architecture;
  const { rows, memory, shared = 0 } = shape;
  const columns = shape.columns - shared;
  const positions = rows * columns;
  const targets = graph.input('targets', 'int32', [positions]);
  let states = sequenceStates(graph, config, parameters, shape);
  // What all branches share is not scored: the head is a fifth of a small model's work.
  if (shared > 0) {
    const grid = reshape(states, [rows, shape.columns, config.width]);
    states = reshape(slice(grid, 1, shared, shape.columns), [positions, config.width]);
  }
  const extra: Record<string, Tensor> = {};
  for (const name of objective.extraInputs)
    extra[name] = graph.input(extraName(name), 'float32', [positions]);
  for (const name of objective.vocabularyInputs ?? [])
    extra[name] = graph.input(extraName(name), 'float32', [positions, config.vocabularySize]);
  const { loss, metrics = {} } = objective.build({
    rows,
    columns,
    ...tokenScores(config, parameters, states, targets, memory, shape.temperature),
    values: () => scalarHead(config, parameters, states),
    weights: graph.input('weights', 'float32', [positions]),
    normalizer: graph.input('normalizer', 'float32', []),
    extra,
  });
  graph.output('loss', loss);
  for (const [name, metric] of Object.entries(metrics)) graph.output(`${metricPrefix}${name}`, metric);
  return differentiate(
    loss,
    [...trained.keys()].map((name) => parameters.get(name)!),
  );
}

/** Adds clipping, the update and the output `gradientNorm`; returns the state it carries on. */
function update(
  graph: Graph,
  { trained }: Architecture,
  optimizer: Optimizer,
  parameters: Parameters,
  gradients: readonly Tensor[],
): StateBinding[] {
  const norm = sqrt(
    gradients.map((gradient) => reduceSumSquare(gradient)).reduce((sum, square) => add(sum, square)),
  );
  graph.output('gradientNorm', norm);
  const limit = optimizer.maximumGradientNorm;
  const clipFactor = Number.isFinite(limit)
    ? min(constantScalar(graph, 1), div(constantScalar(graph, limit), add(norm, 1e-6)))
    : constantScalar(graph, 1);
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(1)).map((name) => [name, graph.input(name, 'float32', [])]),
  );
  const build = { graph, learningRate: graph.input('learningRate', 'float32', []), clipFactor, scalars };
  return [...trained].flatMap(([name, layout], index) => {
    const kept = Object.fromEntries(
      Object.entries(optimizer.stateShapes(name, layout)).map(([suffix, shape]) => [
        suffix,
        graph.input(stateName(name, suffix), 'float32', shape),
      ]),
    );
    const next = optimizer.update(build, name, layout, parameters.get(name)!, gradients[index]!, kept);
    return [
      carry(graph, name, next.parameter),
      ...Object.entries(next.state).map(([suffix, tensor]) => carry(graph, stateName(name, suffix), tensor)),
    ];
  });
}

function carry(graph: Graph, input: string, tensor: Tensor): StateBinding {
  const output = `next.${input}`;
  graph.output(output, tensor);
  return { input, output };
}
