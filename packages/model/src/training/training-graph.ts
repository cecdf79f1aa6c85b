/**
 * One optimizer step as one graph: forward, objective, gradients, clipping, update. Inputs are the batch, the
 * parameters and the optimizer's state; outputs the loss, the gradient norm, metrics and the next state. For
 * a step over several batches the same in two: a graph that adds a batch's gradients to those before, and one
 * that updates; for an update in pieces (update-in-pieces.ts) gradients alone. What the inputs and outputs
 * are called is known here alone.
 */
import type { TokenBatch } from '@llm/core';
import {
  add,
  constantScalar,
  differentiate,
  div,
  Graph,
  greater,
  min,
  type Objective,
  reduceSumSquare,
  type StateBinding,
  sqrt,
  type Tensor,
  where,
} from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import { scalarHead } from '../architecture/forward.js';
import { type Feeds, float32, int32, scalar } from '../architecture/host-tensors.js';
import { type Parameters, parameterInputs } from '../architecture/parameters.js';
import type { ModelConfig } from '../config/model-config.js';
import { type Optimizer, type OptimizerBuild, stateName } from '../optimizers/optimizer.js';
import type { ParameterLayouts } from '../weights/parameter-layout.js';
import type { StatefulGraph } from './graph-sessions.js';
import { positionsRead, readFeeds, scoresEverywhere, scoresWhereRead } from './read-positions.js';
import {
  behindShared,
  type SequenceShape,
  sequenceFeeds,
  sequenceStates,
  sharedColumns,
  withoutColumns,
} from './sequence-forward.js';
import { tokenScores } from './token-scores.js';

export interface LossGraphOptions {
  readonly architecture: Architecture;
  readonly objective: Objective;
  readonly shape: SequenceShape;
  /** Log-probabilities are computed at the positions that are read alone; not with `shape.memory`. */
  readonly readsSome?: boolean | undefined;
}

const extraName = (name: string): string => `extra.${name}`;
/** Of a parameter's gradient, as output of one graph and input of another. */
export const gradientName = (parameter: string): string => `gradient.${parameter}`;
export const gradientNormName = 'gradientNorm';
const metricPrefix = 'metric.';

export function trainingGraph(options: LossGraphOptions & { readonly optimizer: Optimizer }): StatefulGraph {
  const graph = new Graph();
  const { architecture, optimizer } = options;
  const parameters = parameterInputs(graph, architecture);
  const gradients = lossAndGradients(graph, options, parameters);
  const gradientNorm = normOf(gradients);
  graph.output(gradientNormName, gradientNorm);
  const build = updateBuild(graph, optimizer, gradientNorm);
  return { graph, state: update(build, optimizer, architecture.trained, parameters, gradients) };
}

/** A batch's gradients as outputs, by `gradientName`, for an update apart from them. */
export function gradientGraph(options: LossGraphOptions): StatefulGraph {
  const graph = new Graph();
  const { architecture } = options;
  const gradients = lossAndGradients(graph, options, parameterInputs(graph, architecture));
  graph.output(gradientNormName, normOf(gradients));
  for (const [index, name] of [...architecture.trained.keys()].entries())
    graph.output(gradientName(name), gradients[index]!);
  return { graph, state: [] };
}

/** Adds a batch's gradients to the state, or puts them in its place; see `accumulationFeeds`. */
export function accumulationGraph(options: LossGraphOptions): StatefulGraph {
  const graph = new Graph();
  const { architecture } = options;
  const gradients = lossAndGradients(graph, options, parameterInputs(graph, architecture));
  const isAdded = greater(graph.input('accumulated', 'float32', []), 0);
  const sums = [...architecture.trained].map(([name, { shape }], index) =>
    add(where(isAdded, graph.input(gradientName(name), 'float32', shape), 0), gradients[index]!),
  );
  graph.output(gradientNormName, normOf(sums));
  const names = [...architecture.trained.keys()];
  return { graph, state: names.map((name, index) => carry(graph, gradientName(name), sums[index]!)) };
}

/** The rest of the step for the parameters of `layouts`, from gradients and their norm. */
export function updateGraph(optimizer: Optimizer, layouts: ParameterLayouts): StatefulGraph {
  const graph = new Graph();
  const inputs = [...layouts].map(([name, { shape }]) => ({
    name,
    parameter: graph.input(name, 'float32', shape),
    gradient: graph.input(gradientName(name), 'float32', shape),
  }));
  const parameters = new Map(inputs.map(({ name, parameter }) => [name, parameter]));
  const gradients = inputs.map(({ gradient }) => gradient);
  const written = update(updateScalars(graph, optimizer), optimizer, layouts, parameters, gradients);
  return { graph, state: [...written, ...gradients.map(({ name }) => ({ input: name }))] };
}

/** What an update reads beside parameters, state and gradients, as inputs; see `stepFeeds`. */
export function updateScalars(graph: Graph, optimizer: Optimizer): OptimizerBuild {
  return updateBuild(graph, optimizer, graph.input(gradientNormName, 'float32', []));
}

/** A batch as inputs of the first two; `read` are `readNumbers` where the graph reads some positions. */
export function batchFeeds(
  config: ModelConfig,
  batch: TokenBatch,
  objective: Objective,
  read?: Float32Array,
): Feeds {
  const { extraInputs, vocabularyInputs = [] } = objective;
  const feeds = sequenceFeeds(config, batch);
  const shared = sharedColumns(batch);
  const targets = withoutColumns(batch.targets, batch.columns, shared);
  if (read === undefined) feeds.targets = int32(targets);
  else {
    const positions = positionsRead(withoutColumns(read, batch.columns, shared));
    feeds.targets = int32(positions.map((position) => targets[position]!));
    Object.assign(feeds, readFeeds(positions, targets.length));
  }
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

/** Whether the batch's gradients are added to those before. */
export function accumulationFeeds(isAdded: boolean): Feeds {
  return { accumulated: scalar(isAdded ? 1 : 0) };
}

/** The norm of all gradients, for an update apart from them. */
export function normFeeds(gradientNorm: number): Feeds {
  return { [gradientNormName]: scalar(gradientNorm) };
}

/** What an update of that step, counted from 1, needs beside the gradients. */
export function stepFeeds(optimizer: Optimizer, step: number, learningRate: number): Feeds {
  const scalars = { ...optimizer.scalars(step), learningRate };
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)]));
}

export const lossOf = (outputs: Feeds): number => Number(outputs.loss!.data[0]);

export const gradientNormOf = (outputs: Feeds): number => Number(outputs[gradientNormName]!.data[0]);

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
  { architecture, objective, shape, readsSome = false }: LossGraphOptions,
  parameters: Parameters,
): readonly Tensor[] {
  const { config, trained } = architecture;
  const { rows, memory, shared = 0 } = shape;
  const columns = shape.columns - shared;
  const positions = rows * columns;
  const states = behindShared(sequenceStates(graph, config, parameters, shape), shape, config.width);
  const extra: Record<string, Tensor> = {};
  for (const name of objective.extraInputs)
    extra[name] = graph.input(extraName(name), 'float32', [positions]);
  for (const name of objective.vocabularyInputs ?? [])
    extra[name] = graph.input(extraName(name), 'float32', [positions, config.vocabularySize]);
  const scoresOf = readsSome ? scoresWhereRead : scoresEverywhere;
  const { loss, metrics = {} } = objective.build({
    rows,
    columns,
    branched: shape.shared !== undefined,
    ...scoresOf(states, (some, count) => {
      const targets = graph.input('targets', 'int32', [count]);
      return tokenScores(config, parameters, some, targets, memory, shape.temperature);
    }),
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

/** The square root of the sum of all squares, []. */
function normOf(gradients: readonly Tensor[]): Tensor {
  return sqrt(
    gradients.map((gradient) => reduceSumSquare(gradient)).reduce((sum, square) => add(sum, square)),
  );
}

/** Adds clipping and the scalars of the step. */
function updateBuild(graph: Graph, optimizer: Optimizer, norm: Tensor): OptimizerBuild {
  const limit = optimizer.maximumGradientNorm;
  const clipFactor = Number.isFinite(limit)
    ? min(constantScalar(graph, 1), div(constantScalar(graph, limit), add(norm, 1e-6)))
    : constantScalar(graph, 1);
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(1)).map((name) => [name, graph.input(name, 'float32', [])]),
  );
  return { graph, learningRate: graph.input('learningRate', 'float32', []), clipFactor, scalars };
}

/** Adds the update; returns the state it carries on. */
function update(
  build: OptimizerBuild,
  optimizer: Optimizer,
  layouts: ParameterLayouts,
  parameters: Parameters,
  gradients: readonly Tensor[],
): StateBinding[] {
  const { graph } = build;
  return [...layouts].flatMap(([name, layout], index) => {
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
