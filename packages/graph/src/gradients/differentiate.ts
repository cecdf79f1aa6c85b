/**
 * Reverse-mode differentiation: walks the nodes backwards once, asks each operator's rule for the gradients
 * of its inputs, and appends the result to the same graph. Sums over fan-out and over broadcast axes happen
 * here and nowhere else. The result is made of table operators, so it can be differentiated again.
 */
import { LlmError } from '@llm/core';
import { constantScalar, filled } from '../functions/constants.js';
import { add } from '../functions/elementwise.js';
import { expand, reshape } from '../functions/movement.js';
import { reduceSum } from '../functions/reduce.js';
import type { Composite, GradientRule, Graph, GraphNode, Tensor } from '../graph/graph.js';
import { formatShape, sameShape, staticShape } from '../tensors/shape.js';
import { gradientTable } from './gradient-table.js';

/** A node or a composite: what the walk visits. */
interface Step {
  readonly name: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: GraphNode['attributes'];
  readonly gradient: GradientRule | 'zero' | undefined;
  /** Every tensor made inside, outputs included. */
  readonly made: readonly Tensor[];
  readonly captured: readonly Tensor[];
}

/**
 * dLoss/dTensor for each tensor of `withRespectTo`, in order; zeros where the loss does not depend on it.
 * `loss` is a float32 scalar (shape []) and shapes on the way are static.
 */
export function differentiate(loss: Tensor, withRespectTo: readonly Tensor[]): Tensor[] {
  const { graph } = loss;
  if (loss.type !== 'float32' || loss.shape.length !== 0) {
    throw new LlmError({
      code: 'graph/loss-not-scalar',
      message: `The loss must be a float32 scalar, got ${loss.type} ${formatShape(loss.shape)}: reduce it first.`,
    });
  }
  const gradients = pullBack([loss], [constantScalar(graph, 1)], withRespectTo);
  return gradients.map((gradient, index) => gradient ?? filled(graph, 0, withRespectTo[index]!.shape));
}

/**
 * Given dLoss/dOutput for some outputs, dLoss/dTensor for each tensor of `withRespectTo`; undefined where
 * none flows. Only nodes from position `firstNode` on are walked.
 */
export function pullBack(
  outputs: readonly Tensor[],
  outputGradients: readonly (Tensor | undefined)[],
  withRespectTo: readonly Tensor[],
  firstNode = 0,
): (Tensor | undefined)[] {
  const { graph } = outputs[0]!;
  const steps = listSteps(graph, firstNode);
  const reached = dependents(steps, withRespectTo);
  const gradients = new Map<Tensor, Tensor>();
  const accumulate = (tensor: Tensor, gradient: Tensor): void => {
    const before = gradients.get(tensor);
    gradients.set(tensor, before === undefined ? gradient : add(before, gradient));
  };
  for (const [index, output] of outputs.entries()) {
    const gradient = outputGradients[index];
    if (gradient !== undefined && reached.has(output)) accumulate(output, gradient);
  }
  for (const step of steps.reverse()) {
    checkCaptures(step, reached, gradients);
    const upstream = step.outputs.map((output) => gradients.get(output));
    if (upstream.every((gradient) => gradient === undefined)) continue;
    const needs = (index: number): boolean => {
      const input = step.inputs[index];
      return input !== undefined && reached.has(input);
    };
    if (step.gradient === 'zero' || !step.inputs.some((_, index) => needs(index))) continue;
    if (step.gradient === undefined) {
      throw new LlmError({
        code: 'graph/no-gradient-rule',
        message: `No gradient rule for operator "${step.name}": it is not in the operator table.`,
      });
    }
    const accumulated = step.inputs.map((input) => (input === undefined ? undefined : gradients.get(input)));
    const results = step.gradient({ graph, ...step, outputGradients: upstream, accumulated, needs });
    for (const [index, input] of step.inputs.entries()) {
      const result = results[index];
      if (input === undefined || result === undefined || !needs(index)) continue;
      accumulate(input, fitToShape(result, input));
    }
  }
  return withRespectTo.map((tensor) => gradients.get(tensor));
}

/** Nodes in order, composites (outermost only) in place of their parts. */
function listSteps(graph: Graph, firstNode: number): Step[] {
  const outermost = new Map<number, Composite>();
  for (const composite of graph.composites) {
    if (composite.start < firstNode) continue;
    const known = outermost.get(composite.start);
    if (known === undefined || composite.end > known.end) outermost.set(composite.start, composite);
  }
  const steps: Step[] = [];
  for (let index = firstNode; index < graph.nodes.length; index++) {
    const composite = outermost.get(index);
    if (composite !== undefined) {
      const parts = graph.nodes.slice(composite.start, composite.end);
      const made = parts.flatMap((part) => part.outputs);
      const inside = new Set(made);
      const captured = parts
        .flatMap((part) => part.inputs)
        .filter(
          (input): input is Tensor =>
            input !== undefined && !inside.has(input) && !composite.inputs.includes(input),
        );
      steps.push({ ...composite, name: 'composite', attributes: {}, made, captured });
      index = composite.end - 1;
    } else {
      const node = graph.nodes[index]!;
      steps.push({
        name: node.operator,
        inputs: node.inputs,
        outputs: node.outputs,
        attributes: node.attributes,
        gradient: Object.hasOwn(gradientTable, node.operator) ? gradientTable[node.operator] : undefined,
        made: node.outputs,
        captured: [],
      });
    }
  }
  return steps;
}

/** Every tensor through which a gradient can flow to one of `sources`. */
function dependents(steps: readonly Step[], sources: readonly Tensor[]): Set<Tensor> {
  const reached = new Set(sources);
  for (const step of steps) {
    if (step.gradient === 'zero') continue;
    if (!step.inputs.some((input) => input !== undefined && reached.has(input))) continue;
    for (const output of step.outputs) if (output.type === 'float32') reached.add(output);
  }
  return reached;
}

/** A composite must declare all it reads and all it offers, or gradients would be lost silently. */
function checkCaptures(
  step: Step,
  reached: ReadonlySet<Tensor>,
  gradients: ReadonlyMap<Tensor, Tensor>,
): void {
  const inner = step.made.find((tensor) => !step.outputs.includes(tensor) && gradients.has(tensor));
  const captured = step.gradient === 'zero' ? undefined : step.captured.find((tensor) => reached.has(tensor));
  const culprit = inner ?? captured;
  if (culprit === undefined) return;
  throw new LlmError({
    code: 'graph/composite-leak',
    message: `"${culprit.name}" is used across the border of a composite without being one of its ${inner ? 'outputs' : 'inputs'}.`,
  });
}

/**
 * Sums a gradient over the axes its tensor was broadcast along, or spreads it where a rule left it smaller.
 */
function fitToShape(gradient: Tensor, tensor: Tensor): Tensor {
  if (sameShape(gradient.shape, tensor.shape)) return gradient;
  const shape = staticShape(tensor.shape, `The gradient of "${tensor.name}"`);
  const offset = gradient.shape.length - shape.length;
  const summed = gradient.shape.flatMap((dimension, axis) =>
    axis < offset || (shape[axis - offset] === 1 && dimension !== 1) ? [axis] : [],
  );
  if (summed.length > 0) {
    const total = reduceSum(gradient, summed);
    return sameShape(total.shape, shape) ? total : reshape(total, shape);
  }
  return expand(gradient, shape);
}
