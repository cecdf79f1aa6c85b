/** What an optimizer is to a train step: nodes from gradients to new parameters, and its state. */
import type { Graph, Tensor } from '@llm/graph';
import type { ParameterLayout } from '../weights/parameter-layout.js';

export interface OptimizerBuild {
  readonly graph: Graph;
  /** [] this step's rate; every group multiplies it by its own factor */
  readonly learningRate: Tensor;
  /** [] factor on every gradient that keeps the global norm within its limit */
  readonly clipFactor: Tensor;
  /** Scalars by the names `scalars` returns. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export interface ParameterUpdate {
  readonly parameter: Tensor;
  /** Same keys as `stateShapes`. */
  readonly state: Readonly<Record<string, Tensor>>;
}

export interface Optimizer {
  readonly name: string;
  /** Greatest global gradient norm; larger gradients are scaled down to it. Infinity: never. */
  readonly maximumGradientNorm: number;
  /** What it was made with, defaults filled in; `exportTorchrun` hands it on. Default: none can. */
  readonly options?: object | undefined;
  /** Numbers that change with the step, counted from 1, computed in double precision outside the graph. */
  scalars(step: number): Readonly<Record<string, number>>;
  /** What is kept for a parameter, by suffix, zero at the start. */
  stateShapes(name: string, layout: ParameterLayout): Readonly<Record<string, readonly number[]>>;
  /**
   * Whether `update` works number by number and in the same way for all parameters of a role, whatever
   * their names and shapes: then it is built once, for vectors of any length, and a large model is updated in
   * place, piece by piece. Default: no.
   */
  isElementwise?(layout: ParameterLayout): boolean;
  update(
    build: OptimizerBuild,
    name: string,
    layout: ParameterLayout,
    parameter: Tensor,
    gradient: Tensor,
    state: Readonly<Record<string, Tensor>>,
  ): ParameterUpdate;
}

/** Name of a tensor of that state in graphs and checkpoints. */
export const stateName = (parameter: string, suffix: string): string => `${parameter}.${suffix}`;
