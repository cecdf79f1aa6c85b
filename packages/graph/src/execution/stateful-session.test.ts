import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { add, mul, sub, tanh } from '../functions/elementwise.js';
import { matMul } from '../functions/matmul.js';
import { reduceSum } from '../functions/reduce.js';
import { differentiate } from '../gradients/differentiate.js';
import { Graph } from '../graph/graph.js';
import { createNodeExecutor } from '../node/node-executor.js';
import type { HostTensor } from '../tensors/tensor.js';
import { StateBuffers } from './state-buffers.js';
import { createStatefulSession } from './stateful-session.js';

const width = 6;
const float32 = (shape: readonly number[], data: Float32Array): HostTensor => ({
  type: 'float32',
  shape,
  data,
});
const drawn = (name: string, count: number): Float32Array => {
  const random = createRandom(4, name);
  return Float32Array.from({ length: count }, () => random.normal());
};

/** Adds the gradient of `rows` examples, divided by `total`, to the sum kept in `gradient`. */
function accumulation(rows: number, total: number): Graph {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [rows, width]);
  const weight = graph.input('weight', 'float32', [width, width]);
  const y = tanh(matMul(x, weight));
  const loss = mul(reduceSum(mul(y, y)), 1 / total);
  const [gradient] = differentiate(loss, [weight]);
  graph.output('gradient.next', add(graph.input('gradient', 'float32', [width, width]), gradient!));
  return graph;
}

/** One step of descent along the sum, which starts again at zero. */
function update(): Graph {
  const graph = new Graph();
  const weight = graph.input('weight', 'float32', [width, width]);
  const gradient = graph.input('gradient', 'float32', [width, width]);
  graph.output('weight.next', sub(weight, mul(gradient, 0.5)));
  graph.output('gradient.next', mul(gradient, 0));
  return graph;
}

test('eight batches of one example, accumulated, train like one batch of eight', async () => {
  const executor = createNodeExecutor({ threads: 1 });
  const examples = drawn('x', 8 * width);
  const weights: Float32Array[] = [];
  for (const rows of [8, 1]) {
    const buffers = new StateBuffers();
    const gradient = { input: 'gradient', output: 'gradient.next' };
    const accumulate = await createStatefulSession(
      executor,
      accumulation(rows, 8),
      [{ input: 'weight' }, gradient],
      { buffers },
    );
    const descend = await createStatefulSession(
      executor,
      update(),
      [{ input: 'weight', output: 'weight.next' }, gradient],
      { buffers },
    );
    buffers.write(new Map([['weight', float32([width, width], drawn('weight', width * width))]]));
    for (let step = 0; step < 3; step++) {
      for (let first = 0; first < 8; first += rows) {
        const x = examples.slice(first * width, (first + rows) * width);
        await accumulate.step({ x: float32([rows, width], x) });
      }
      await descend.step({});
    }
    weights.push((await buffers.download(['weight'])).get('weight')!.data as Float32Array);
  }
  const [whole, accumulated] = weights as [Float32Array, Float32Array];
  const moved = Math.max(
    ...whole.map((value, index) => Math.abs(value - drawn('weight', width * width)[index]!)),
  );
  const apart = Math.max(...whole.map((value, index) => Math.abs(value - accumulated[index]!)));
  expect(moved).toBeGreaterThan(0.1);
  expect(apart).toBeLessThan(1e-5);
});

test('state that does not exist, does not fit or has another shape elsewhere is refused', async () => {
  const executor = createNodeExecutor({ threads: 1 });
  await expect(createStatefulSession(executor, update(), [{ input: 'nothing' }])).rejects.toThrow('no input');
  await expect(
    createStatefulSession(executor, update(), [{ input: 'weight', output: 'other' }]),
  ).rejects.toThrow('no output "other"');
  const session = await createStatefulSession(executor, update(), [
    { input: 'weight' },
    { input: 'gradient' },
  ]);
  const wrong = new Map([['weight', float32([2], new Float32Array(2))]]);
  await expect(session.writeState(wrong)).rejects.toThrow('got float32 [2] with 2 elements');
  const other = new Graph();
  other.output('y', other.input('weight', 'float32', [3]));
  await expect(
    createStatefulSession(executor, other, [{ input: 'weight' }], { buffers: session.buffers }),
  ).rejects.toThrow('float32 [6, 6] in one session and float32 [3] in another');
  await session.dispose();
});

test('what a step replaces is given back at once, and not while somebody else may read it', async () => {
  const executor = createNodeExecutor({ threads: 1 });
  const graph = new Graph();
  const weight = graph.input('weight', 'float32', [2 ** 20]);
  graph.output('total', reduceSum(weight));
  graph.output('weight.next', add(weight, 1));
  const state = [{ input: 'weight', output: 'weight.next' }];
  const session = await createStatefulSession(executor, graph, state);
  const held = (): number => process.memoryUsage().arrayBuffers;
  await session.step({});
  await session.step({});
  const before = held();
  for (let step = 0; step < 5; step++) await session.step({});
  expect(held() - before).toBeLessThan(1e6);

  const kept = session.buffers.current('weight');
  await session.step({});
  expect(kept.data.length).toBe(2 ** 20);
  expect([...kept.data.slice(0, 2)]).toEqual([7, 7]);

  // A run that began before a step and reads after it.
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const slow: typeof executor = {
    ...executor,
    async createSession(...options) {
      const made = await executor.createSession(...options);
      return {
        run: async (...feeds) => {
          await gate;
          return made.run(...feeds);
        },
        dispose: () => made.dispose(),
      };
    },
  };
  const reading = new Graph();
  reading.output('total', reduceSum(reading.input('weight', 'float32', [2 ** 20])));
  const { buffers } = session;
  const reader = await createStatefulSession(slow, reading, [{ input: 'weight' }], { buffers });
  const read = reader.step({});
  await session.step({});
  letGo();
  expect((await read).total!.data[0]).toBe(8 * 2 ** 20);
  const { total } = await session.step({});
  expect(total!.data[0]).toBe(9 * 2 ** 20);
  await reader.dispose();
  await session.dispose();
});
