/**
 * What an entry of the operator table says: where the operator lives in ONNX, what its result looks like, and
 * how a gradient flows back through it. Gradients are data: adding an operator changes no algorithm.
 */
import type { Graph } from './graph.js';
import type { Tensor, TensorSpecification } from './tensor.js';

export type AttributeKind = 'int' | 'float' | 'string' | 'ints' | 'floats';
export type AttributeValue = number | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface OperatorCall {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Attributes;
  /** How many outputs the caller wants; later ones of the operator are left out. */
  readonly outputCount: number;
}

export interface GradientCall {
  readonly graph: Graph;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** dLoss/dOutput per output; undefined where the loss does not depend on it. At least one is defined. */
  readonly outputGradients: readonly (Tensor | undefined)[];
  /** What has been summed up so far for each input, by steps later in the forward order. */
  readonly accumulated: readonly (Tensor | undefined)[];
  /** Whether anyone asks for the gradient of this input; skip the work when false. */
  needs(input: number): boolean;
}

/**
 * dLoss/dInput for each input, undefined where none flows. A result may have the broadcast shape of the
 * output: the walk sums it down to the input's shape.
 */
export type GradientRule = (call: GradientCall) => readonly (Tensor | undefined)[];

export interface OperatorDefinition {
  /** '' is ai.onnx. */
  readonly domain: '' | 'com.microsoft';
  /** Least and greatest number of inputs. */
  readonly inputs: readonly [number, number];
  readonly attributes?: Readonly<Record<string, AttributeKind>>;
  /** Outputs after the first may be left out of the model when nothing reads them. */
  readonly optionalOutputs?: true;
  infer(call: OperatorCall): readonly TensorSpecification[];
  /** 'zero': piecewise constant or integer, no gradient flows. */
  readonly gradient: GradientRule | 'zero';
}

export type OperatorFamily = Readonly<Record<string, OperatorDefinition>>;
