import { expect, test } from 'vitest';
import { add, mul } from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { transpose } from '../functions/movement.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { Graph } from './graph.js';
import { rewriteGraph } from './rewrite-graph.js';

function source(): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [1, 2]);
  const weight = graph.input('weight', 'float32', [2, 2]);
  graph.output('y', add(matMul(x, transpose(weight, [1, 0])), graph.constant([10, 20])));
  return graph;
}

test('a dropped input takes along what reads it, and a replaced node stands for both', async () => {
  const rewritten = rewriteGraph(source(), {
    input: ({ name }) => (name === 'weight' ? null : undefined),
    node: ({ operator }, [x, weight]) => {
      if (operator !== 'MatMul') return undefined;
      expect(weight).toBeUndefined();
      return [mul(x!, 3)];
    },
  });
  expect(rewritten.inputs.map(({ name }) => name)).toEqual(['x']);
  expect(rewritten.nodes.map(({ operator }) => operator)).toEqual(['Mul', 'Add']);
  const session = await createNodeExecutor({ threads: 1 }).createSession(serializeOnnx(rewritten));
  const { y } = await session.run({ x: { type: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } });
  expect([...y!.data]).toEqual([13, 26]);
});

test('an output that was dropped and not replaced is an error', () => {
  expect(() =>
    rewriteGraph(source(), { input: ({ name }) => (name === 'weight' ? null : undefined) }),
  ).toThrow('Output "y" was dropped with the inputs it needs');
});
