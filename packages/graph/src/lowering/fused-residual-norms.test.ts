import { expect, test } from 'vitest';
import { add } from '../functions/elementwise.js';
import { rmsNormalization } from '../functions/normalization.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { referenceExecutor } from '../reference/reference-executor.js';
import type { HostTensor } from '../tensors/tensor.js';

/** x + y normalised twice over, the sum read again; the second sum is of two shapes and stays as it is. */
function residual(): Graph {
  const graph = new Graph();
  const [x, y] = [graph.input('x', 'float32', ['rows', 4]), graph.input('y', 'float32', ['rows', 4])];
  const sum = add(x, y);
  const normalized = rmsNormalization(sum, graph.constant([1, 2, 3, 4]), 1e-6);
  graph.output('stream', add(sum, normalized));
  graph.output('broadcast', rmsNormalization(add(sum, graph.constant([1, 2, 3, 4])), undefined, 1e-6));
  return graph;
}

const rows = (...numbers: number[]): HostTensor => ({
  type: 'float32',
  shape: [numbers.length / 4, 4],
  data: Float32Array.from(numbers),
});
const feeds = { x: rows(1, -2, 3, 0.5, 0, 1, 0, -1), y: rows(0.25, 1, -1, 2, 3, 3, 3, 3) };

test('a sum and its norm become one operator that computes both', async () => {
  const graph = residual();
  const fused = serializeOnnx(graph, { target: 'cpu' });
  const operators = parseOnnx(fused).nodes.map(({ operator }) => operator);
  expect(operators.filter((operator) => operator.startsWith('Skip'))).toHaveLength(1);
  expect(operators.filter((operator) => operator === 'SimplifiedLayerNormalization')).toHaveLength(1);
  const plain = serializeOnnx(graph, { target: 'webgpu' });
  expect(parseOnnx(plain).nodes.some(({ operator }) => operator.startsWith('Skip'))).toBe(false);
  const expected = await (await referenceExecutor.createSession(plain)).run(feeds);
  for (const executor of [referenceExecutor, createNodeExecutor({ threads: 1 })])
    for (const optimization of ['disabled', 'all'] as const) {
      const session = await executor.createSession(fused, { optimization });
      const found = await session.run(feeds);
      for (const [name, { data }] of Object.entries(expected))
        for (const [i, value] of data.entries())
          expect(found[name]!.data[i], `${name} on ${executor.name}`).toBeCloseTo(Number(value), 5);
      await session.dispose();
    }
});
