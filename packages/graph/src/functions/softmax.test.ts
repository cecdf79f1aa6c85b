import { describe, expect, test } from 'vitest';
import { createNodeExecutor } from '../node/node-executor.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { mul } from './elementwise.js';
import { logSoftmaxGather, softmaxEntropy } from './softmax.js';

// A composite is checked like an operator: against central differences through its own forward pass.
describe('composites', () => {
  const softmax = {
    domain: '',
    inputs: [1, 1],
    infer: () => [],
    gradient: () => [],
  } as const;
  operatorChecks(
    { test, expect },
    { Softmax: softmax, LogSoftmax: softmax },
    {
      Softmax: [
        {
          inputs: {
            logits: { shape: [4, 6] },
            targets: { type: 'int32', shape: [4], values: [5, 0, 2, 2] },
            advantage: { shape: [4] },
          },
          // The upstream gradient is a different, signed number per position.
          build: ({ logits, targets, advantage }) => mul(logSoftmaxGather(logits!, targets!), advantage!),
          shapes: [[4]],
        },
        {
          inputs: {
            logits: { shape: [2, 3, 5] },
            targets: { type: 'int64', shape: [2, 3], values: [4, 0, 1, 1, 2, 3] },
          },
          build: ({ logits, targets }) => logSoftmaxGather(logits!, targets!),
          shapes: [[2, 3]],
        },
      ],
      LogSoftmax: [
        {
          inputs: { logits: { shape: [3, 5] } },
          build: ({ logits }) => softmaxEntropy(logits!),
          shapes: [[3]],
        },
      ],
    },
    executorUnderTest(),
  );

  test('log-probabilities stay finite and exact where probabilities underflow', async () => {
    const { Graph, differentiate, reduceSum, serializeOnnx } = await import('../index.js');
    const graph = new Graph();
    const logits = graph.input('logits', 'float32', [2, 3]);
    const targets = graph.input('targets', 'int32', [2]);
    const logProbabilities = logSoftmaxGather(logits, targets);
    graph.output('p', logProbabilities);
    graph.output('d', differentiate(reduceSum(logProbabilities), [logits])[0]!);
    const session = await createNodeExecutor({ threads: 1 }).createSession(serializeOnnx(graph));
    const { p, d } = await session.run({
      logits: { type: 'float32', shape: [2, 3], data: Float32Array.of(500, 0, -500, 1000, 1000, 0) },
      targets: { type: 'int32', shape: [2], data: Int32Array.of(2, 1) },
    });
    expect([...(p!.data as Float32Array)]).toEqual([-1000, Math.fround(-Math.LN2)]);
    expect(Array.from(d!.data as Float32Array, (value) => value + 0)).toEqual([-1, 0, 1, -0.5, 0.5, 0]);
  });
});
