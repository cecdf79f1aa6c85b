import { expect, test } from 'vitest';
import { PackedBatchFeed } from './batch-feed.js';
import { CopyingFeed } from './copying-feed.js';
import { documentsInMemory } from './token-documents.js';

const [rows, columns] = [4, 32];
const documents = documentsInMemory(
  Array.from({ length: 50 }, (_, i) => new Int32Array(20 + i).fill(1 + (i % 9))),
);
const pages = () => new PackedBatchFeed(documents, { rows, columns, bosToken: 0, seed: 1 });
const feedOf = (inner: PackedBatchFeed, share: number) =>
  new CopyingFeed(inner, { share, ids: Int32Array.from({ length: 900 }, (_, i) => 100 + i), seed: 'rows' });

test('a quarter of the rows repeat random ids, of which only repeats are learnt; the others are the pages', async () => {
  const [mixed, alone] = [feedOf(pages(), 0.25), pages()];
  let copied = 0;
  for (let step = 0; step < 50; step++) {
    const [{ batch }, { batch: plain }] = [await mixed.next(), await alone.next()];
    let learnt = 0;
    for (let row = 0; row < rows; row++) {
      const [start, end] = [row * columns, (row + 1) * columns];
      const inputs = batch.inputs.subarray(start, end);
      const weights = batch.weights.subarray(start, end);
      learnt += weights.reduce((sum, weight) => sum + weight, 0);
      if (inputs.every((id) => id < 100)) {
        expect([inputs, weights]).toEqual([
          plain.inputs.subarray(start, end),
          plain.weights.subarray(start, end),
        ]);
        continue;
      }
      copied++;
      const period = weights.indexOf(1);
      expect(period).toBeGreaterThanOrEqual(4);
      expect(weights.subarray(period).every((weight) => weight === 1)).toBe(true);
      const targets = batch.targets.subarray(start, end);
      for (let column = 0; column < columns; column++) {
        if (column + 1 < columns) expect(targets[column]).toBe(inputs[column + 1]);
        if (column >= period) expect(inputs[column]).toBe(inputs[column - period]);
      }
    }
    expect(batch.normalizer).toBe(learnt);
  }
  // 200 rows, binomial: six deviations to either side.
  expect(copied).toBeGreaterThan(13);
  expect(copied).toBeLessThan(87);
});

test('opened at a position it goes on as one that was never closed', async () => {
  const through = feedOf(pages(), 0.5);
  for (let step = 0; step < 3; step++) await through.next();
  const again = feedOf(
    new PackedBatchFeed(documents, { rows, columns, bosToken: 0, seed: 1 }, through.position),
    0.5,
  );
  expect(await again.next()).toEqual(await through.next());
});

test('a row of copying is one document, where pages attend within theirs alone', async () => {
  const apart = new PackedBatchFeed(documents, {
    ...{ rows, columns, bosToken: 0, seed: 1 },
    separateDocuments: true,
  });
  const { batch } = await feedOf(apart, 1).next();
  expect(batch.segments).toEqual(new Int32Array(rows * columns));
  expect(batch.inputs.every((id) => id >= 100)).toBe(true);
});
