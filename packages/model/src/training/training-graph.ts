/**
 * One optimizer step as one graph: forward, objective, gradients, clipping, update. Inputs are the batch, the
 * parameters and the optimizer's state; outputs the loss, the gradient norm, metrics and the next state. For a step over
 * several batches the same in two: a graph that adds a batch's gradients to those before, and one that updates.
 */
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
import {
  type Architecture,
  type Parameters,
  parameterInputs,
  trainedLayout,
} from '../architecture/parameters.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { CompactMemory } from './memory.js';
import { sequenceStates } from './sequence-forward.js';
import { tokenScores } from './token-scores.js';

export interface TrainingGraphOptions extends Architecture {
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  readonly rows: number;
  readonly columns: number;
  /** The batch carries `segments`. */
  readonly segmented: boolean;
  readonly memory: CompactMemory | undefined;
}

export interface TrainingGraph {
  readonly graph: Graph;
  readonly state: readonly StateBinding[];
  readonly metrics: readonly string[];
}

/** Name of an optimizer state tensor in graphs and checkpoints. */
export const stateName = (parameter: string, suffix: string): string => `${parameter}.${suffix}`;

const accumulatedName = (parameter: string): string => `gradient.${parameter}`;

export function trainingGraph(options: TrainingGraphOptions): TrainingGraph {
  const graph = new Graph();
  const parameters = parameterInputs(graph, options);
  const { gradients, metrics } = lossAndGradients(graph, options, parameters);
  const state = update(graph, options, parameters, gradients);
  return { graph, state, metrics };
}

/** Adds a batch's gradients to the state; with the input `accumulated` [] at 0 they replace what is there. */
export function accumulationGraph(options: Omit<TrainingGraphOptions, 'optimizer'>): TrainingGraph {
  const graph = new Graph();
  const { gradients, metrics } = lossAndGradients(graph, options, parameterInputs(graph, options));
  const isAdded = greater(graph.input('accumulated', 'float32', []), 0);
  const state = [...trainedLayout(options)].map(([name, { shape }], index) => {
    const input = accumulatedName(name);
    const before = where(isAdded, graph.input(input, 'float32', shape), 0);
    return carry(graph, input, add(before, gradients[index]!));
  });
  return { graph, state, metrics };
}

/** The rest of the step from the accumulated gradients. */
export function updateGraph(options: Architecture & Pick<TrainingGraphOptions, 'optimizer'>): TrainingGraph {
  const graph = new Graph();
  const parameters = parameterInputs(graph, options);
  const gradients = [...trainedLayout(options)].map(([name, { shape }]) =>
    graph.input(accumulatedName(name), 'float32', shape),
  );
  const read = gradients.map(({ name }) => ({ input: name }));
  return { graph, state: [...update(graph, options, parameters, gradients), ...read], metrics: [] };
}

/** Adds the outputs `loss` and `metric.NAME`; returns the gradients in the order of `trainedLayout`. */
function lossAndGradients(
  graph: Graph,
  options: Omit<TrainingGraphOptions, 'optimizer'>,
  parameters: Parameters,
): { gradients: readonly Tensor[]; metrics: readonly string[] } {
  const { config, objective, rows, columns } = options;
  const positions = rows * columns;
  const targets = graph.input('targets', 'int32', [positions]);
  const states = sequenceStates(graph, { ...options, parameters });
  const extra: Record<string, Tensor> = {};
  for (const name of objective.extraInputs)
    extra[name] = graph.input(`extra.${name}`, 'float32', [positions]);
  const { loss, metrics = {} } = objective.build({
    rows,
    columns,
    ...tokenScores(config, parameters, states, targets, options.memory),
    weights: graph.input('weights', 'float32', [positions]),
    normalizer: graph.input('normalizer', 'float32', []),
    extra,
  });
  graph.output('loss', loss);
  for (const [name, metric] of Object.entries(metrics)) graph.output(`metric.${name}`, metric);
  const trained = [...trainedLayout(options).keys()].map((name) => parameters.get(name)!);
  return { gradients: differentiate(loss, trained), metrics: Object.keys(metrics) };
}

/** Adds clipping, the update and the output `gradientNorm`; returns the state it carries on. */
function update(
  graph: Graph,
  options: Architecture & Pick<TrainingGraphOptions, 'optimizer'>,
  parameters: Parameters,
  gradients: readonly Tensor[],
): StateBinding[] {
  const { optimizer } = options;
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
  return [...trainedLayout(options)].flatMap(([name, layout], index) => {
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
