import { describe, expect, test } from 'vitest';
import {
  abs,
  add,
  cast,
  clip,
  cos,
  div,
  exp,
  gelu,
  greater,
  identity,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  sub,
  tanh,
  where,
} from '../functions/elementwise.js';
import type { Tensor } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import type { OperatorCase } from '../testing/operator-checks.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { elementwiseOperators } from './elementwise.js';

const unary = (apply: (x: Tensor) => Tensor, values: 'normal' | 'positive' = 'normal'): OperatorCase[] => [
  { inputs: { x: { shape: [3, 5], values } }, build: ({ x }) => apply(x!), shapes: [[3, 5]] },
];

/** Same shape, broadcast both ways, and a number on either side. */
const binary = (
  apply: (a: Tensor | number, b: Tensor | number) => Tensor,
  values: 'normal' | 'positive' = 'normal',
): OperatorCase[] => [
  {
    inputs: { a: { shape: [2, 3], values }, b: { shape: [2, 3], values } },
    build: ({ a, b }) => apply(a!, b!),
    shapes: [[2, 3]],
  },
  {
    inputs: { a: { shape: [2, 1, 4], values }, b: { shape: [3, 1], values } },
    build: ({ a, b }) => apply(a!, b!),
    shapes: [[2, 3, 4]],
  },
  {
    inputs: { a: { shape: [4], values } },
    build: ({ a }) => [apply(a!, 1.5), apply(0.75, a!)],
    shapes: [[4], [4]],
  },
  { inputs: { a: { shape: [3], values } }, build: ({ a }) => apply(a!, a!), shapes: [[3]] },
];

describe('elementwise operators', () => {
  operatorChecks(
    { test, expect },
    elementwiseOperators,
    {
      Add: binary(add),
      Sub: binary(sub),
      Mul: binary(mul),
      Div: binary(div, 'positive'),
      Pow: [
        ...binary(pow, 'positive'),
        { inputs: { a: { shape: [5] } }, build: ({ a }) => pow(a!, 3), shapes: [[5]] },
      ],
      Min: binary(min).slice(0, 3),
      Max: binary(max).slice(0, 3),
      Neg: unary(neg),
      Exp: unary(exp),
      Log: unary(log, 'positive'),
      Sqrt: unary(sqrt, 'positive'),
      Reciprocal: unary(reciprocal, 'positive'),
      Abs: unary(abs),
      Sign: unary(sign),
      Sin: unary(sin),
      Cos: unary(cos),
      Tanh: unary(tanh),
      Sigmoid: unary(sigmoid),
      Softplus: unary(softplus),
      Erf: unary((x) => x.graph.node('Erf', [x])[0]!),
      Relu: unary(relu),
      HardSigmoid: unary((x) => x.graph.node('HardSigmoid', [x], { alpha: 0.3, beta: 0.5 })[0]!),
      Identity: unary(identity),
      Gelu: [...unary((x) => gelu(x)), ...unary((x) => gelu(x, { approximate: 'tanh' }))],
      Clip: unary((x) => clip(x, -0.7, 0.4)),
      Where: [
        {
          inputs: { a: { shape: [2, 3] }, b: { shape: [3] } },
          build: ({ a, b }) => where(greater(a!, 0.1), a!, b!),
          shapes: [[2, 3]],
        },
        {
          inputs: { a: { shape: [2, 3] } },
          build: ({ a }) => where(greater(a!, 0.1), 2, mul(a!, 3)),
          shapes: [[2, 3]],
        },
      ],
      Cast: [
        {
          inputs: { x: { shape: [4], values: [-1.5, 0, 2.5, 3.9] } },
          build: ({ x }) => [cast(x!, 'int32'), cast(x!, 'int64'), cast(cast(x!, 'bool'), 'float32')],
          shapes: [[4], [4], [4]],
          gradients: [],
        },
      ],
    },
    executorUnderTest(),
  );

  test('the gradient of relu is exactly 0 at 0 and 1 at the smallest normal number', async () => {
    const { Graph, differentiate, reduceSum, serializeOnnx } = await import('../index.js');
    const graph = new Graph();
    const x = graph.input('x', 'float32', [5]);
    graph.output('d', differentiate(reduceSum(relu(x)), [x])[0]!);
    const session = await createNodeExecutor({ threads: 1 }).createSession(serializeOnnx(graph));
    const data = Float32Array.of(-1e30, 0, 1.2e-38, 1e30, -1.2e-38);
    const { d } = await session.run({ x: { type: 'float32', shape: [5], data } });
    expect([...(d!.data as Float32Array)]).toEqual([0, 0, 1, 1, 0]);
  });
});
