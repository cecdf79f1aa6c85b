/** Reductions and running sums. */
import { add, cast, div, equal, exp, mul, sub } from '../functions/elementwise.js';
import { expand, unsqueeze } from '../functions/movement.js';
import { reduceSum } from '../functions/reduce.js';
import type {
  GradientCall,
  OperatorCall,
  OperatorDefinition,
  OperatorFamily,
} from '../operator-definition.js';
import { normalizeAxis, staticShape } from '../shape.js';
import type { Dimension, Tensor, TensorSpecification } from '../tensor.js';
import { constantNumbers, inferSame, requireType } from './inference.js';

function axesOf(inputs: readonly (Tensor | undefined)[], operator: string): number[] {
  const rank = inputs[0]!.shape.length;
  if (inputs[1] === undefined) return inputs[0]!.shape.map((_, axis) => axis);
  return constantNumbers(inputs[1], operator).map((axis) => normalizeAxis(axis, rank, operator));
}

function reducedShape(shape: readonly Dimension[], axes: readonly number[], keep: boolean): Dimension[] {
  return shape.flatMap((dimension, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dimension]));
}

function infer(call: OperatorCall, operator: string): TensorSpecification[] {
  const x = call.inputs[0]!;
  requireType(x, ['float32', 'int32', 'int64'], operator);
  const axes = axesOf(call.inputs, operator);
  return [{ type: x.type, shape: reducedShape(x.shape, axes, call.attributes.keepdims !== 0) }];
}

/** A reduced tensor with its reduced axes back as 1, so that it broadcasts against the input. */
function restored(x: Tensor, call: GradientCall, operator: string): Tensor {
  const axes = axesOf(call.inputs, operator);
  return call.attributes.keepdims === 0 && axes.length > 0 ? unsqueeze(x, axes) : x;
}

/** d is the upstream gradient and y the result, both broadcastable against x; `count` elements were reduced. */
type ReduceDerivative = (d: Tensor, x: Tensor, y: Tensor, count: number, axes: readonly number[]) => Tensor;

function reduction(operator: string, derivative: ReduceDerivative): OperatorDefinition {
  return {
    domain: '',
    inputs: [1, 2],
    attributes: { keepdims: 'int' },
    infer: (call) => infer(call, operator),
    gradient: (call) => {
      const x = call.inputs[0]!;
      const shape = staticShape(x.shape, `The gradient of ${operator}`);
      const axes = axesOf(call.inputs, operator);
      const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
      const d = restored(call.outputGradients[0]!, call, operator);
      return [derivative(d, x, restored(call.outputs[0]!, call, operator), count, axes)];
    },
  };
}

/** The selected elements take the gradient, in equal parts where several are selected. */
const selection: ReduceDerivative = (d, x, y, _, axes) => {
  const chosen = cast(equal(x, y), 'float32');
  return mul(div(d, reduceSum(chosen, axes, { keepDimensions: true })), chosen);
};

export const reduceOperators: OperatorFamily = {
  ReduceSum: reduction('ReduceSum', (d, x) => expand(d, x.shape)),
  ReduceMean: reduction('ReduceMean', (d, x, _, count) => expand(mul(d, 1 / count), x.shape)),
  ReduceMax: reduction('ReduceMax', selection),
  ReduceMin: reduction('ReduceMin', selection),
  ReduceSumSquare: reduction('ReduceSumSquare', (d, x) => mul(mul(d, 2), x)),
  ReduceLogSumExp: reduction('ReduceLogSumExp', (d, x, y) => mul(d, exp(sub(x, y)))),
  ArgMax: {
    domain: '',
    inputs: [1, 1],
    attributes: { axis: 'int', keepdims: 'int' },
    infer: (call) => {
      const { shape } = call.inputs[0]!;
      const axis = normalizeAxis(Number(call.attributes.axis ?? 0), shape.length, 'ArgMax');
      return [{ type: 'int64', shape: reducedShape(shape, [axis], call.attributes.keepdims !== 0) }];
    },
    gradient: 'zero',
  },
  CumSum: {
    domain: '',
    inputs: [2, 2],
    infer: (call) => inferSame(call, 'CumSum'),
    gradient: ({ graph, inputs, outputGradients }) => {
      // The sum from each position to the end: total − running sum + own value.
      const d = outputGradients[0]!;
      const axis = constantNumbers(inputs[1]!, 'CumSum')[0]!;
      const running = graph.node('CumSum', [d, inputs[1]])[0]!;
      return [add(sub(reduceSum(d, axis, { keepDimensions: true }), running), d)];
    },
  },
};
