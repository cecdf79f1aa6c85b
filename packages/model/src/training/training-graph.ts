/**
 * One optimizer step as one graph: forward, objective, gradients, clipping, update. Inputs are the batch, the
 * parameters and the optimizer's state; outputs the loss, the gradient norm, metrics and the next state.
 */
import {
  add,
  constantScalar,
  differentiate,
  div,
  Graph,
  min,
  type Objective,
  reduceSumSquare,
  sqrt,
  type Tensor,
} from '@llm/graph';
import { type Architecture, parameterInputs, trainedLayout } from '../architecture/parameters.js';
import type { CompactMemory } from '../memory.js';
import type { Optimizer } from '../optimizers/optimizer.js';
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
  /** Graph input → graph output that is its next value. */
  readonly state: readonly { readonly input: string; readonly output: string }[];
  readonly metrics: readonly string[];
}

/** Name of an optimizer state tensor in graphs and checkpoints. */
export const stateName = (parameter: string, suffix: string): string => `${parameter}.${suffix}`;

export function trainingGraph(options: TrainingGraphOptions): TrainingGraph {
  const { config, objective, optimizer, rows, columns } = options;
  const graph = new Graph();
  const positions = rows * columns;
  const parameters = parameterInputs(graph, options);
  const targets = graph.input('targets', 'int32', [positions]);
  const states = sequenceStates(graph, { ...options, parameters });
  const scores = tokenScores(config, parameters, states, targets, options.memory);

  const extra: Record<string, Tensor> = {};
  for (const name of objective.extraInputs)
    extra[name] = graph.input(`extra.${name}`, 'float32', [positions]);
  const { loss, metrics = {} } = objective.build({
    rows,
    columns,
    ...scores,
    weights: graph.input('weights', 'float32', [positions]),
    normalizer: graph.input('normalizer', 'float32', []),
    extra,
  });
  graph.output('loss', loss);
  for (const [name, metric] of Object.entries(metrics)) graph.output(`metric.${name}`, metric);

  const trained = [...trainedLayout(options)];
  const gradients = differentiate(
    loss,
    trained.map(([name]) => parameters.get(name)!),
  );
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

  const state: { input: string; output: string }[] = [];
  const carry = (input: string, tensor: Tensor): void => {
    graph.output(`next.${input}`, tensor);
    state.push({ input, output: `next.${input}` });
  };
  for (const [index, [name, layout]] of trained.entries()) {
    const kept = Object.fromEntries(
      Object.entries(optimizer.stateShapes(name, layout)).map(([suffix, shape]) => [
        suffix,
        graph.input(stateName(name, suffix), 'float32', shape),
      ]),
    );
    const next = optimizer.update(build, name, layout, parameters.get(name)!, gradients[index]!, kept);
    carry(name, next.parameter);
    for (const [suffix, tensor] of Object.entries(next.state)) carry(stateName(name, suffix), tensor);
  }
  return { graph, state, metrics: Object.keys(metrics) };
}
