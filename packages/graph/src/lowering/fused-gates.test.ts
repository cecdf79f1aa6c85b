import { expect, test } from 'vitest';
import { mul, sigmoid } from '../functions/elementwise.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { referenceExecutor } from '../reference/reference-executor.js';

test('a gated number is one operator where nothing else reads the gate', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['rows', 3]);
  const read = sigmoid(mul(x, 2));
  graph.output('gated', mul(x, sigmoid(x)));
  graph.output('both', mul(mul(x, 2), read));
  graph.output('gate', read);
  const fused = serializeOnnx(graph, { target: 'cpu' });
  const operators = parseOnnx(fused).nodes.map(({ operator }) => operator);
  expect(operators.filter((operator) => operator === 'QuickGelu')).toHaveLength(1);
  expect(operators.filter((operator) => operator === 'Sigmoid')).toHaveLength(1);
  const feeds = {
    x: { type: 'float32', shape: [2, 3], data: Float32Array.of(-4, -1, 0, 0.5, 2, 20) },
  } as const;
  const expected = await (
    await referenceExecutor.createSession(serializeOnnx(graph, { target: 'webgpu' }))
  ).run(feeds);
  for (const executor of [referenceExecutor, createNodeExecutor({ threads: 1 })]) {
    const session = await executor.createSession(fused, { optimization: 'disabled' });
    const found = await session.run(feeds);
    for (const [name, { data }] of Object.entries(expected))
      for (const [i, value] of data.entries())
        expect(found[name]!.data[i], `${name} on ${executor.name}`).toBeCloseTo(Number(value), 5);
    await session.dispose();
  }
});
