import { createRandom } from '@llm/core';
import {
  add,
  concat,
  differentiate,
  div,
  Graph,
  type HostTensor,
  matMul,
  mul,
  reduceSum,
  serializeOnnx,
  sin,
  softmax,
  split,
  type Tensor,
  tanh,
} from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { causalAttention } from './causal-attention.js';
import { causalMask, segmentMask } from './masks.js';

const [rows, heads, headWidth] = [2, 4, 8];
const scale = 1 / Math.sqrt(headWidth);

/** The formula as it stands in the paper, one key head a query head, with Gemma's cap. */
function asWritten(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, cap?: number): Tensor {
  const group = heads / (key.shape[1] as number);
  const spread = (x: Tensor): Tensor =>
    concat(
      split(x, 1, x.shape[1] as number).flatMap((head) => new Array<Tensor>(group).fill(head)),
      1,
    );
  const scores = mul(matMul(query, spread(key), { transposeB: true }), scale);
  const capped = cap === undefined ? scores : mul(tanh(div(scores, cap)), cap);
  return matMul(softmax(add(capped, mask)), spread(value));
}

test.each([
  { time: 100, keyValueHeads: 4, segmented: false },
  { time: 300, keyValueHeads: 4, segmented: false },
  { time: 256, keyValueHeads: 2, segmented: true },
  { time: 300, keyValueHeads: 1, segmented: true },
  { time: 300, keyValueHeads: 2, segmented: false, window: 1 },
  { time: 300, keyValueHeads: 2, segmented: true, window: 50 },
  { time: 400, keyValueHeads: 2, segmented: false, window: 200, softcap: 1.5 },
])('value and gradients are those of the formula: %o', async (options) => {
  const { time, keyValueHeads, segmented, window, softcap } = options;
  const graph = new Graph();
  const parts = [heads, keyValueHeads, keyValueHeads].map((count, i) =>
    graph.input('qkv'[i]!, 'float32', [rows, count, time, headWidth]),
  );
  const [query, key, value] = parts as [Tensor, Tensor, Tensor];
  const segments = graph.input('segments', 'int32', [rows, time]);
  const mask = segmented ? segmentMask(graph, segments, time, window) : causalMask(graph, time, window);
  const results = {
    ours: causalAttention(query, key, value, mask, { scale, softcap, window }),
    formula: asWritten(query, key, value, mask, softcap),
  };
  for (const [name, result] of Object.entries(results)) {
    graph.output(name, result);
    differentiate(reduceSum(sin(result)), parts).forEach((gradient, i) => {
      graph.output(`${name} ${'qkv'[i]}`, gradient);
    });
  }
  const random = createRandom('causal attention');
  const feeds: Record<string, HostTensor> = {
    segments: {
      type: 'int32',
      shape: [rows, time],
      data: Int32Array.from({ length: rows * time }, (_, i) => ((i % time) / 70) | 0),
    },
  };
  for (const { name, shape } of parts) {
    const data = Float32Array.from({ length: (shape as number[]).reduce((a, b) => a * b) }, () =>
      random.normal(),
    );
    feeds[name] = { type: 'float32', shape: shape as number[], data };
  }
  const session = await createNodeExecutor({ threads: 1 }).createSession(serializeOnnx(graph));
  const outputs = await session.run(feeds);
  for (const part of ['', ' q', ' k', ' v']) {
    const expected = outputs[`formula${part}`]!.data as Float32Array;
    const actual = outputs[`ours${part}`]!.data as Float32Array;
    const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const error = actual.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
    // Of a single key the weight is one, and no query changes it.
    expect(error / (largest || 1), `output${part}`).toBeLessThan(2e-6);
  }
  await session.dispose();
});
