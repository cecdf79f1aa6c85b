/** Reductions and running sums. */
import { add, cast, div, equal, exp, mul, sub } from '../functions/elementwise.js';
import { expand, unsqueeze } from '../functions/movement.js';
import { reduceSum } from '../functions/reduce.js';
import type { GradientCall, GradientFamily, GradientRule, Tensor } from '../graph/graph.js';
import { constantNumbers } from '../operators/inference.js';
import { axesOf } from '../operators/reduce.js';
import { elementCount, staticShape } from '../tensors/shape.js';

/** A reduced tensor with its reduced axes back as 1, so that it broadcasts against the input. */
function restored(x: Tensor, call: GradientCall, axes: readonly number[]): Tensor {
  return call.attributes.keepdims === 0 && axes.length > 0 ? unsqueeze(x, axes) : x;
}

/**
 * d is the upstream gradient and y the result, both broadcastable against x; `count` elements were reduced.
 */
type ReduceDerivative = (d: Tensor, x: Tensor, y: Tensor, count: number, axes: readonly number[]) => Tensor;

function reduction(derivative: ReduceDerivative): GradientRule {
  return (call) => {
    const x = call.inputs[0]!;
    const axes = axesOf(call.inputs, 'The gradient of a reduction');
    const sizes = axes.map((axis) => x.shape[axis]!);
    const count = elementCount(staticShape(sizes, 'The gradient of a reduction'));
    const d = restored(call.outputGradients[0]!, call, axes);
    return [derivative(d, x, restored(call.outputs[0]!, call, axes), count, axes)];
  };
}

/** d in the shape of x. Sizes that are symbols are those of d: their axes were not reduced. */
function spread(d: Tensor, x: Tensor): Tensor {
  return expand(
    d,
    x.shape.map((size) => (typeof size === 'number' ? size : 1)),
  );
}

/** The selected elements take the gradient, in equal parts where several are selected. */
const selection = reduction((d, x, y, _, axes) => {
  const chosen = cast(equal(x, y), 'float32');
  return mul(div(d, reduceSum(chosen, axes, { keepDimensions: true })), chosen);
});

export const reduceGradients: GradientFamily = {
  ReduceSum: reduction(spread),
  ReduceMean: reduction((d, x, _, count) => spread(mul(d, 1 / count), x)),
  ReduceMax: selection,
  ReduceMin: selection,
  ReduceSumSquare: reduction((d, x) => mul(mul(d, 2), x)),
  ReduceLogSumExp: reduction((d, x, y) => mul(d, exp(sub(x, y)))),
  ArgMax: 'zero',
  CumSum: ({ graph, inputs, outputGradients }) => {
    // The sum from each position to the end: total − running sum + own value.
    const d = outputGradients[0]!;
    const axis = constantNumbers(inputs[1]!, 'CumSum')[0]!;
    const running = graph.node('CumSum', [d, inputs[1]])[0]!;
    return [add(sub(reduceSum(d, axis, { keepDimensions: true }), running), d)];
  },
};
