import {
  concat,
  type Dimension,
  dimensionOf,
  Graph,
  type HostTensor,
  reshape,
  serializeOnnx,
  type Tensor,
} from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { float32 } from '../architecture/host-tensors.js';
import {
  foldGroups,
  groupHeads,
  headSplitter,
  mergeHeads,
  repeatHeads,
  repeatMask,
  swapTimeAndHeads,
  unfoldGroups,
} from './heads.js';

const executor = createNodeExecutor({ threads: 1 });
const [rows, time, heads, width] = [2, 3, 4, 2];

/**
 * The numbers 0, 1, … of `shape` after `build`, with the sizes known or as symbols while the graph is built.
 */
async function after(
  shape: readonly number[],
  declared: readonly Dimension[],
  build: (x: Tensor) => Tensor,
): Promise<HostTensor> {
  const graph = new Graph();
  graph.output('y', build(graph.input('x', 'float32', declared)));
  const session = await executor.createSession(serializeOnnx(graph));
  const count = shape.reduce((a, b) => a * b);
  const { y } = await session.run({
    x: float32(
      Float32Array.from({ length: count }, (_, i) => i),
      shape,
    ),
  });
  await session.dispose();
  return y!;
}

describe.each([
  { sizes: 'known', r: rows as Dimension, t: time as Dimension },
  { sizes: 'symbols', r: 'rows', t: 'time' },
])('sizes that are $sizes', ({ r, t }) => {
  test('heads that are split and merged are what they were', async () => {
    const flat = [rows, time, heads * width];
    const { shape, data } = await after(flat, [r, t, heads * width], (x) => {
      const split = headSplitter(r, t)(x, heads);
      expect(split.shape).toEqual([r, t, heads, width]);
      return mergeHeads(swapTimeAndHeads(split), [r, t]);
    });
    expect(shape).toEqual(flat);
    expect([...data]).toEqual([...data.keys()]);
    const grouped = await after(flat, [r, t, heads * width], (x) =>
      mergeHeads(groupHeads(swapTimeAndHeads(headSplitter(r, t)(x, heads)), 2), [r, t]),
    );
    expect(grouped).toEqual({ type: 'float32', shape, data });
  });

  test('heads of tokens on one axis are split as those of rows and times', async () => {
    const graph = new Graph();
    const grid = graph.input('grid', 'float32', [r, t, heads * width]);
    const sizes = concat([dimensionOf(grid, 0), dimensionOf(grid, 1)], 0);
    const split = headSplitter(r, t, sizes);
    const flat = reshape(grid, ['rowsTime', heads * width]);
    for (const count of [heads, 1, heads]) split(flat, count);
    const found = split(flat, heads);
    graph.output('y', found);
    const session = await executor.createSession(serializeOnnx(graph));
    const numbers = Float32Array.from({ length: rows * time * heads * width }, (_, i) => i);
    const { y } = await session.run({ grid: float32(numbers, [rows, time, heads * width]) });
    expect(y).toEqual({ type: 'float32', shape: [rows, time, heads, width], data: numbers });
    expect(graph.nodes.filter(({ operator }) => operator === 'Concat')).toHaveLength(3);
    await session.dispose();
  });

  test('query heads that share a key head stand one after the other in its time, and come back', async () => {
    const query = [rows, heads, time, width];
    const folded = await after(query, [r, heads, t, width], (x) => foldGroups(x, 2));
    expect(folded.shape).toEqual([rows, 2, 2 * time, width]);
    expect([...folded.data]).toEqual([...folded.data.keys()]);
    const back = await after(query, [r, heads, t, width], (x) => unfoldGroups(foldGroups(x, 2), x));
    expect(back.shape).toEqual(query);
  });

  test('a mask is repeated along the queries, a key head beside itself', async () => {
    const mask = await after([rows, 1, time, 1], [r, 1, t, 1], (x) => repeatMask(x, 2));
    expect(mask.shape).toEqual([rows, 1, 2 * time, 1]);
    expect([...mask.data]).toEqual([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
    const keys = await after([1, 2, 1, 1], [r === rows ? 1 : r, 2, t === time ? 1 : t, 1], (x) =>
      repeatHeads(x, 2),
    );
    expect(keys.shape).toEqual([1, 4, 1, 1]);
    expect([...keys.data]).toEqual([0, 0, 1, 1]);
  });
});
