import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { add, equal, less, lessOrEqual, mul, sub, tanh, where } from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { expand, reshape, unsqueeze } from '../functions/movement.js';
import { reduceMean, reduceSum } from '../functions/reduce.js';
import { logSoftmaxGather, softmax } from '../functions/softmax.js';
import { differentiate } from '../gradients/differentiate.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { elementCount } from '../tensors/shape.js';
import type { HostTensor } from '../tensors/tensor.js';
import { chunkedLogSoftmaxGather } from './chunked-log-softmax.js';
import { chunkedSoftmaxMatMul } from './chunked-softmax-matmul.js';
import { recompute } from './recompute.js';

const executor = createNodeExecutor({ threads: 1 });

/** Loss and gradients with respect to every float input, on drawn numbers. */
async function lossAndGradients(
  shapes: Readonly<Record<string, readonly number[]>>,
  build: (tensors: Readonly<Record<string, Tensor>>) => Tensor,
): Promise<{ readonly values: number[][]; readonly nodes: readonly string[] }> {
  const graph = new Graph();
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      graph.input(name, name === 'targets' ? 'int32' : 'float32', shape),
    ]),
  );
  const loss = build(tensors);
  graph.output('loss', loss);
  const floats = Object.values(tensors).filter(({ type }) => type === 'float32');
  differentiate(loss, floats).forEach((gradient, index) => {
    graph.output(`gradient${index}`, gradient);
  });
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]): [string, HostTensor] => {
      const random = createRandom(3, name);
      const count = elementCount(shape);
      return [
        name,
        name === 'targets'
          ? { type: 'int32', shape, data: Int32Array.from({ length: count }, () => random.integer(7)) }
          : { type: 'float32', shape, data: Float32Array.from({ length: count }, () => random.normal()) },
      ];
    }),
  );
  const bytes = serializeOnnx(graph);
  const session = await executor.createSession(bytes);
  const results = await session.run(feeds);
  await session.dispose();
  return {
    values: Object.values(results).map(({ data }) => Array.from(data as Float32Array)),
    nodes: parseOnnx(bytes).nodes.map(({ operator }) => operator),
  };
}

function expectClose(actual: readonly number[][], expected: readonly number[][]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, index) => {
    const worst = Math.max(...values.map((value, at) => Math.abs(value - expected[index]![at]!)));
    expect(worst, `result ${index}`).toBeLessThan(1e-5);
  });
}

describe('recompute', () => {
  const shapes = { x: [3, 4], w: [4, 4] };
  const layer = (x: Tensor, w: Tensor): Tensor => tanh(matMul(tanh(matMul(x, w)), w));
  const plain = ({ x, w }: Readonly<Record<string, Tensor>>): Tensor => reduceMean(layer(add(x!, 0.5), w!));
  const checkpointed = ({ x, w }: Readonly<Record<string, Tensor>>): Tensor =>
    reduceMean(recompute([add(x!, 0.5), w!], ([input, weight]) => [layer(input!, weight!)])[0]!);

  test('gives the same loss and gradients, computing the part twice', async () => {
    const expected = await lossAndGradients(shapes, plain);
    const actual = await lossAndGradients(shapes, checkpointed);
    expectClose(actual.values, expected.values);
    const tanhCount = (nodes: readonly string[]) => nodes.filter((operator) => operator === 'Tanh').length;
    expect(tanhCount(expected.nodes)).toBe(2);
    expect(tanhCount(actual.nodes)).toBe(4);
  });

  test('nested parts and several outputs', async () => {
    const build = (wrap: typeof recompute) => {
      return ({ x, w }: Readonly<Record<string, Tensor>>): Tensor => {
        const [a, b] = wrap([x!, w!], ([input, weight]) => {
          const [inner] = wrap([mul(input!, 2), weight!], ([y, v]) => [layer(y!, v!)]);
          return [inner!, matMul(inner!, weight!)];
        });
        return add(reduceMean(a!), reduceSum(mul(b!, b!)));
      };
    };
    const direct: typeof recompute = (inputs, body) => body(inputs);
    const expected = await lossAndGradients(shapes, build(direct));
    expectClose((await lossAndGradients(shapes, build(recompute))).values, expected.values);
  });

  test('a parameter that is used but not listed is an error, not a wrong gradient', async () => {
    const build = ({ x, w }: Readonly<Record<string, Tensor>>): Tensor =>
      reduceMean(recompute([x!], ([input]) => [matMul(input!, w!)])[0]!);
    await expect(lossAndGradients(shapes, build)).rejects.toThrow(/"w" is used across the border/);
  });
});

describe('chunked compositions', () => {
  test('log softmax over many classes equals the whole, pieces of any size', async () => {
    const shapes = { x: [10, 4], weight: [7, 4], targets: [10], advantage: [10] };
    const softCap = (logits: Tensor): Tensor => mul(tanh(mul(logits, 1 / 3)), 3);
    const expected = await lossAndGradients(shapes, ({ x, weight, targets, advantage }) => {
      const logits = softCap(matMul(x!, weight!, { transposeB: true }));
      return reduceSum(mul(logSoftmaxGather(logits, targets!), advantage!));
    });
    for (const chunk of [10, 4, 1]) {
      const actual = await lossAndGradients(shapes, ({ x, weight, targets, advantage }) =>
        reduceSum(
          mul(chunkedLogSoftmaxGather(x!, weight!, targets!, { chunk, transform: softCap }), advantage!),
        ),
      );
      expectClose(actual.values, expected.values);
    }
  });

  const time = 9;
  const positions = Float32Array.from({ length: time }, (_, index) => index);
  /** Whole weights: causal, within groups of three and four positions, and query heads that share keys. */
  const cases: readonly {
    readonly name: string;
    readonly causal: boolean;
    readonly groups: readonly number[] | undefined;
    readonly sharing: number;
    readonly window?: number;
    readonly softcap?: number;
  }[] = [
    { name: 'all positions', causal: false, groups: undefined, sharing: 1 },
    { name: 'earlier positions', causal: true, groups: undefined, sharing: 1 },
    { name: 'earlier positions, shared keys', causal: true, groups: undefined, sharing: 3 },
    { name: 'within groups', causal: true, groups: [0, 0, 0, 1, 1, 1, 1, 2, 2], sharing: 1 },
    { name: 'within groups, shared keys', causal: true, groups: [0, 0, 0, 1, 1, 1, 1, 2, 2], sharing: 2 },
    { name: 'capped scores', causal: true, groups: undefined, sharing: 2, softcap: 0.7 },
    { name: 'a window', causal: true, groups: undefined, sharing: 1, window: 3 },
    { name: 'a window of itself', causal: true, groups: undefined, sharing: 2, window: 1 },
    { name: 'a wide window', causal: true, groups: undefined, sharing: 1, window: 20 },
    { name: 'a window in groups', causal: true, groups: [0, 0, 0, 1, 1, 1, 1, 2, 2], sharing: 2, window: 2 },
    { name: 'a window, capped', causal: true, groups: undefined, sharing: 2, window: 6, softcap: 0.7 },
  ];
  for (const { name, causal, groups, sharing, window, softcap } of cases)
    test(`softmax over ${name} equals the masked whole`, async () => {
      const shapes = { q: [2, 2 * sharing, time, 4], k: [2, 2, time, 4], v: [2, 2, time, 3] };
      const expected = await lossAndGradients(shapes, ({ q, k, v }) => {
        const { graph } = q!;
        const repeat = (x: Tensor): Tensor =>
          reshape(expand(unsqueeze(x, 2), [2, 2, sharing, time, x.shape[3]!]), [
            2,
            2 * sharing,
            time,
            x.shape[3]!,
          ]);
        let scores = matMul(q!, repeat(k!), { transposeB: true, alpha: 0.5 });
        if (softcap !== undefined) scores = mul(tanh(mul(scores, 1 / softcap)), softcap);
        const row = graph.constant(positions, [time, 1]);
        const column = graph.constant(positions, [1, time]);
        if (causal) scores = where(lessOrEqual(column, row), scores, -1e9);
        if (window !== undefined) scores = where(less(sub(row, window), column), scores, -1e9);
        if (groups) {
          const [asked, seen] = [
            graph.constant(Float32Array.from(groups), [time, 1]),
            graph.constant(Float32Array.from(groups), [1, time]),
          ];
          scores = where(equal(asked, seen), scores, -1e9);
        }
        const mixed = matMul(softmax(scores), repeat(v!));
        return reduceMean(mul(mixed, mixed));
      });
      for (const chunk of [9, 4, 1]) {
        const actual = await lossAndGradients(shapes, ({ q, k, v }) => {
          const { graph } = q!;
          const kinds = groups && expand(graph.constant(Float32Array.from(groups), [1, time]), [2, time]);
          const mixed = chunkedSoftmaxMatMul(q!, k!, v!, {
            chunk,
            alpha: 0.5,
            causal,
            window,
            softcap,
            groups: kinds,
          });
          return reduceMean(mul(mixed, mixed));
        });
        expectClose(actual.values, expected.values);
      }
    });
});
