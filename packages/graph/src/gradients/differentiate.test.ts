import { describe, expect, test } from 'vitest';
import { add, div, exp, greater, mul, pow, relu, sub, where } from '../functions/elementwise.js';
import { reduceSum } from '../functions/reduce.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { referenceExecutor } from '../reference/reference-executor.js';
import { differentiate } from './differentiate.js';

async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, readonly number[]>>,
): Promise<Record<string, number[]>> {
  const { graph } = Object.values(outputs)[0]!;
  for (const [name, tensor] of Object.entries(outputs)) graph.output(name, tensor);
  const session = await referenceExecutor.createSession(serializeOnnx(graph));
  const inputs = Object.fromEntries(
    graph.inputs.map(({ name, type, shape }) => [
      name,
      { type, shape: shape as number[], data: Float32Array.from(feeds[name]!) },
    ]),
  );
  const results = await session.run(inputs);
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
  );
}

describe('differentiate', () => {
  test('the expression in the README of micrograd has its published value and gradients', async () => {
    const graph = new Graph();
    const a = graph.input('a', 'float32', []);
    const b = graph.input('b', 'float32', []);
    let c = add(a, b);
    let d = add(mul(a, b), pow(b, 3));
    c = add(c, add(c, 1));
    c = add(c, sub(add(1, c), a));
    d = add(d, add(mul(d, 2), relu(add(b, a))));
    d = add(d, add(mul(d, 3), relu(sub(b, a))));
    const f = pow(sub(c, d), 2);
    const g = add(div(f, 2), div(10, f));
    const [forA, forB] = differentiate(g, [a, b]);
    const values = await evaluate({ g, forA: forA!, forB: forB! }, { a: [-4], b: [2] });
    expect(values.g![0]).toBeCloseTo(24.7041, 4);
    expect(values.forA![0]).toBeCloseTo(138.8338, 4);
    expect(values.forB![0]).toBeCloseTo(645.5773, 4);
  });

  test('the gradient of a gradient is the second derivative', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', []);
    const [first] = differentiate(mul(exp(x), pow(x, 3)), [x]);
    const [second] = differentiate(first!, [x]);
    const values = await evaluate({ second: second! }, { x: [0.7] });
    expect(values.second![0]).toBeCloseTo(Math.exp(0.7) * (0.7 ** 3 + 6 * 0.7 ** 2 + 6 * 0.7), 5);
  });

  test('a tensor the loss does not depend on has gradient zero, also behind a composite without one and comparisons', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const y = graph.input('y', 'float32', [2]);
    const unused = graph.input('unused', 'float32', [2]);
    const [stopped] = graph.composite([y], () => [mul(y, 1)], 'zero');
    const loss = reduceSum(add(where(greater(y, 0), x, 0), mul(stopped!, x)));
    const [forX, forY, forUnused] = differentiate(loss, [x, y, unused]);
    const values = await evaluate(
      { forX: forX!, forY: forY!, forUnused: forUnused! },
      { x: [1, 2], y: [3, -1], unused: [0, 0] },
    );
    expect(values).toEqual({ forX: [4, -1], forY: [0, 0], forUnused: [0, 0] });
  });

  test('the gradient of an intermediate tensor can be asked for', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const middle = mul(x, x);
    const [forMiddle, forX] = differentiate(reduceSum(mul(middle, 3)), [middle, x]);
    const values = await evaluate({ forMiddle: forMiddle!, forX: forX! }, { x: [1, 2] });
    expect(values).toEqual({ forMiddle: [3, 3], forX: [6, 12] });
  });

  test('mistakes are named: a loss that is no scalar, an operator without a rule, a leaking composite', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    expect(() => differentiate(x, [x])).toThrow(/must be a float32 scalar, got float32 \[2\]/);
    const [foreign] = graph.node('Celu', [x], {}, { outputs: [{ type: 'float32', shape: [2] }] });
    expect(() => differentiate(reduceSum(foreign!), [x])).toThrow(/No gradient rule for operator "Celu"/);
    const other = new Graph();
    const y = other.input('y', 'float32', []);
    const [leaked] = other.composite(
      [],
      () => [mul(y, y)],
      () => [],
    );
    expect(() => differentiate(mul(leaked!, y), [y])).toThrow(/across the border of a composite/);
  });
});
