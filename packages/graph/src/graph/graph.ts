/**
 * An ONNX graph, its nodes and tensors, built node by node. Nodes are kept in the order they were made, which
 * is a topological order; every node's result type and shape is inferred when it is made, so a mistake is
 * reported at the line that made it.
 */
import { LlmError } from '@llm/core';
import type { AttributeKind, Attributes } from '../operators/operator-definition.js';
import { findOperator } from '../operators/operator-table.js';
import { elementCount, formatShape, shapeError } from '../tensors/shape.js';
import {
  type Dimension,
  type Operand,
  type TensorData,
  type TensorSpecification,
  type TensorType,
  typeOfData,
} from '../tensors/tensor.js';

/**
 * A value of the graph: its type and shape, and where it
 * comes from. Holds no numbers unless it is a constant.
 */
export class Tensor implements Operand {
  /** Made by a `Graph`, never directly. */
  constructor(
    readonly graph: Graph,
    readonly name: string,
    readonly type: TensorType,
    readonly shape: readonly Dimension[],
    /** The node that computes it; undefined for inputs and constants. */
    readonly producer: GraphNode | undefined,
    /** The numbers of a constant. */
    readonly constant: TensorData | undefined,
  ) {}
}

export interface GraphNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly attributeKinds: Readonly<Record<string, AttributeKind>>;
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

/** ONNX name → rule; 'zero': piecewise constant or integer, no gradient flows. */
export type GradientFamily = Readonly<Record<string, GradientRule | 'zero'>>;

/** A run of nodes that the differentiator treats as one operator with its own rule. */
export interface Composite {
  /** First node of the run and the one after the last, as positions in `graph.nodes`. */
  readonly start: number;
  readonly end: number;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly gradient: GradientRule | 'zero';
}

export interface NodeOptions {
  /** For operators outside the table; those inside know their domain. */
  readonly domain?: string | undefined;
  /**
   * A count, or what the outputs are: needed for operators outside the table (which then have no gradient)
   * and where the result depends on values known only at run time.
   */
  readonly outputs?: number | readonly TensorSpecification[] | undefined;
  /** For operators outside the table: integers are written as `int` unless told otherwise. */
  readonly attributeKinds?: Readonly<Record<string, AttributeKind>> | undefined;
}

export class Graph {
  readonly inputs: Tensor[] = [];
  readonly constants: Tensor[] = [];
  readonly nodes: GraphNode[] = [];
  readonly composites: Composite[] = [];
  readonly outputs = new Map<string, Tensor>();
  /** Gradients that the part recomputed last returned: the next such part waits for all of them. */
  latestResults: readonly (Tensor | undefined)[] = [];
  readonly #names = new Set<string>();
  readonly #smallConstants = new Map<string, Tensor>();
  #counter = 0;

  /** A tensor fed at every run. */
  input(name: string, type: TensorType, shape: readonly Dimension[]): Tensor {
    checkDimensions(shape, `input "${name}"`);
    const tensor = new Tensor(this, this.#claim(name), type, [...shape], undefined, undefined);
    this.inputs.push(tensor);
    return tensor;
  }

  /**
   * Numbers stored in the model; a number list is float32. `shape` defaults to one axis. Small constants with
   * the same content become one tensor.
   */
  constant(data: TensorData | readonly number[], shape?: readonly number[]): Tensor {
    const values: TensorData = isNumberList(data) ? Float32Array.from(data) : data;
    const type = typeOfData(values);
    const dimensions = shape ?? [values.length];
    if (elementCount(dimensions) !== values.length) {
      throw shapeError(
        `A constant of ${values.length} elements cannot have shape ${formatShape(dimensions)}.`,
      );
    }
    const key = values.length <= 16 ? `${type} ${dimensions} = ${values.join(' ')}` : undefined;
    const known = key === undefined ? undefined : this.#smallConstants.get(key);
    if (known !== undefined) return known;
    const tensor = new Tensor(this, this.uniqueName('constant'), type, [...dimensions], undefined, values);
    this.constants.push(tensor);
    if (key !== undefined) this.#smallConstants.set(key, tensor);
    return tensor;
  }

  /** Adds an operator; throws `graph/operator-unknown`, `graph/shape-mismatch` or `graph/type-mismatch`. */
  node(
    operator: string,
    inputs: readonly (Tensor | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): Tensor[] {
    for (const input of inputs) {
      if (input !== undefined && input.graph !== this) {
        throw new LlmError({
          code: 'graph/foreign-tensor',
          message: `${operator}: input "${input.name}" belongs to another graph.`,
        });
      }
    }
    const declared = typeof options.outputs === 'object' ? options.outputs : undefined;
    const definition = findOperator(operator, declared === undefined);
    const count = typeof options.outputs === 'number' ? options.outputs : (declared?.length ?? 1);
    if (definition !== undefined) {
      const [least, greatest] = definition.inputs;
      if (inputs.length < least || inputs.length > greatest) {
        throw shapeError(`${operator} takes ${least} to ${greatest} inputs, got ${inputs.length}.`);
      }
    }
    const outputs = declared ?? definition!.infer({ inputs, attributes, outputCount: count });
    const made: Tensor[] = [];
    const node: GraphNode = {
      operator,
      domain: definition?.domain ?? options.domain ?? '',
      inputs: [...inputs],
      outputs: made,
      attributes,
      attributeKinds: definition?.attributes ?? options.attributeKinds ?? {},
    };
    for (const { type, shape } of outputs.slice(0, count)) {
      made.push(new Tensor(this, this.uniqueName(operator), type, shape, node, undefined));
    }
    this.nodes.push(node);
    return made;
  }

  /**
   * Runs `build` and makes what it added one differentiable unit with its own gradient rule: for results
   * whose gradient is cheaper or steadier than the chain rule through the parts (`logSoftmaxGather`).
   */
  composite(
    inputs: readonly Tensor[],
    build: () => readonly Tensor[],
    gradient: GradientRule | 'zero',
  ): readonly Tensor[] {
    const start = this.nodes.length;
    const outputs = build();
    if (this.nodes.length > start) {
      this.composites.push({ start, end: this.nodes.length, inputs, outputs, gradient });
    }
    return outputs;
  }

  /** Makes a tensor a result of the graph under a name of its own. */
  output(name: string, tensor: Tensor): void {
    if (tensor.graph !== this) {
      throw new LlmError({
        code: 'graph/foreign-tensor',
        message: `Output "${name}" is a tensor of another graph.`,
      });
    }
    this.outputs.set(this.#claim(name), tensor);
  }

  uniqueName(prefix: string): string {
    let name: string;
    do name = `${prefix}_${this.#counter++}`;
    while (this.#names.has(name));
    return this.#claim(name);
  }

  #claim(name: string): string {
    if (name === '' || this.#names.has(name)) {
      throw new LlmError({
        code: 'graph/name-taken',
        message: name === '' ? 'A tensor needs a name.' : `The name "${name}" is already used in this graph.`,
      });
    }
    this.#names.add(name);
    return name;
  }
}

function isNumberList(data: TensorData | readonly number[]): data is readonly number[] {
  return Array.isArray(data);
}

function checkDimensions(shape: readonly Dimension[], what: string): void {
  for (const dimension of shape) {
    if (typeof dimension === 'string' ? dimension === '' : !Number.isInteger(dimension) || dimension < 0) {
      throw shapeError(
        `${what}: ${formatShape(shape)} is not a shape (dimensions are whole numbers or names).`,
      );
    }
  }
}
