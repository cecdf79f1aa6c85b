import { Graph, type HostTensor, serializeOnnx, type Tensor } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { int32 } from '../architecture/host-tensors.js';
import { cacheMask, causalMask, paddedMask, positionMask, segmentMask, slotMask } from './masks.js';

const executor = createNodeExecutor({ threads: 1 });

/** 1 where a key counts, row by row of queries. */
async function visible(
  build: (graph: Graph) => Tensor,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<{ shape: readonly number[]; rows: string[] }> {
  const graph = new Graph();
  graph.output('mask', build(graph));
  const session = await executor.createSession(serializeOnnx(graph));
  const { shape, data } = (await session.run(feeds)).mask!;
  await session.dispose();
  const keys = shape.at(-1)!;
  const marks = Array.from(data as Float32Array, (value) => (value === 0 ? '1' : '0')).join('');
  expect([...new Set(data as Float32Array)].filter((value) => value !== 0 && value !== -1e9)).toEqual([]);
  return { shape, rows: marks.match(new RegExp(`.{${keys}}`, 'g'))! };
}

test('a token sees itself and what comes before it', async () => {
  expect(await visible((graph) => causalMask(graph, 3), {})).toEqual({
    shape: [3, 3],
    rows: ['100', '110', '111'],
  });
});

test('a segment does not see another', async () => {
  const build = (graph: Graph): Tensor => segmentMask(graph, graph.input('segments', 'int32', [1, 4]), 4);
  expect(await visible(build, { segments: int32(Int32Array.of(0, 0, 1, 1), [1, 4]) })).toEqual({
    shape: [1, 1, 4, 4],
    rows: ['1000', '1100', '0010', '0011'],
  });
});

test('new tokens are ordered by position, and padding at the same position sees what is before it', async () => {
  const build = (graph: Graph): Tensor => positionMask(graph.input('positions', 'int32', ['rows', 'time']));
  expect(await visible(build, { positions: int32(Int32Array.of(4, 5, 5), [1, 3]) })).toEqual({
    shape: [1, 1, 3, 3],
    rows: ['100', '111', '111'],
  });
});

test('slots of a cache count as far as they are filled, or up to the own one', async () => {
  const slots = int32(Int32Array.of(0, 1, 2));
  const filled = (graph: Graph): Tensor =>
    cacheMask(
      graph.input('lengths', 'int32', ['rows']),
      graph.input('slots', 'int32', ['capacity']),
      graph.input('positions', 'int32', ['rows', 'time']),
    );
  const positions = int32(Int32Array.of(0, 1, 2, 3), [2, 2]);
  expect(await visible(filled, { lengths: int32(Int32Array.of(0, 2)), slots, positions })).toEqual({
    shape: [2, 1, 2, 3],
    rows: ['000', '000', '110', '110'],
  });
  const own = (graph: Graph): Tensor =>
    slotMask(graph.input('places', 'int32', ['rows', 'time']), graph.input('slots', 'int32', ['capacity']));
  expect(await visible(own, { places: int32(Int32Array.of(1, 2), [1, 2]), slots })).toEqual({
    shape: [1, 1, 2, 3],
    rows: ['110', '111'],
  });
});

test('padding at the left does not count', async () => {
  const build = (graph: Graph): Tensor =>
    paddedMask(
      graph.input('tokens', 'int64', ['rows', 'time']),
      graph.input('present', 'int64', ['rows', 'total']),
    );
  const int64 = (values: readonly number[]): HostTensor => ({
    type: 'int64',
    shape: [1, values.length],
    data: BigInt64Array.from(values, BigInt),
  });
  expect(await visible(build, { tokens: int64([7, 8]), present: int64([0, 1, 1, 1]) })).toEqual({
    shape: [1, 1, 2, 4],
    rows: ['0110', '0111'],
  });
});

test('with a window a token sees so many, itself among them', async () => {
  expect((await visible((graph) => causalMask(graph, 4, 2), {})).rows).toEqual([
    '1000',
    '1100',
    '0110',
    '0011',
  ]);
  const packed = (graph: Graph): Tensor =>
    segmentMask(graph, graph.input('segments', 'int32', ['rows', 4]), 4, 2);
  const segments = int32(Int32Array.of(0, 0, 0, 1), [1, 4]);
  expect((await visible(packed, { segments })).rows).toEqual(['1000', '1100', '0110', '0001']);
  const fresh = (graph: Graph): Tensor =>
    positionMask(graph.input('positions', 'int32', ['rows', 'time']), 2);
  const positions = int32(Int32Array.of(4, 5, 6), [1, 3]);
  expect((await visible(fresh, { positions })).rows).toEqual(['100', '110', '011']);
});

test('with a window, slots of a cache count as far back as it reaches, each row from its own end', async () => {
  const slots = int32(Int32Array.of(0, 1, 2, 3));
  const held = (graph: Graph): Tensor =>
    cacheMask(
      graph.input('lengths', 'int32', ['rows']),
      graph.input('slots', 'int32', ['capacity']),
      graph.input('positions', 'int32', ['rows', 'time']),
      3,
    );
  const lengths = int32(Int32Array.of(3, 1));
  expect(
    await visible(held, { lengths, slots, positions: int32(Int32Array.of(3, 4, 1, 2), [2, 2]) }),
  ).toEqual({ shape: [2, 1, 2, 4], rows: ['0110', '0010', '1000', '1000'] });
  const own = (graph: Graph): Tensor =>
    slotMask(
      graph.input('places', 'int32', ['rows', 'time']),
      graph.input('slots', 'int32', ['capacity']),
      2,
    );
  expect((await visible(own, { places: int32(Int32Array.of(1, 3), [1, 2]), slots })).rows).toEqual([
    '1100',
    '0011',
  ]);
  const padded = (graph: Graph): Tensor =>
    paddedMask(
      graph.input('tokens', 'int64', ['rows', 'time']),
      graph.input('present', 'int64', ['rows', 'total']),
      2,
    );
  const int64 = (values: readonly number[]): HostTensor => ({
    type: 'int64',
    shape: [1, values.length],
    data: BigInt64Array.from(values, BigInt),
  });
  expect((await visible(padded, { tokens: int64([7, 8]), present: int64([0, 1, 1, 1]) })).rows).toEqual([
    '0110',
    '0011',
  ]);
});
