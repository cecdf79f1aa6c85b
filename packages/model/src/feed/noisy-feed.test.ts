import { expect, test } from 'vitest';
import { PackedBatchFeed } from './batch-feed.js';
import { NoisyFeed } from './noisy-feed.js';
import { documentsInMemory } from './token-documents.js';

const [rows, columns] = [4, 64];
const documents = documentsInMemory(
  Array.from({ length: 40 }, (_, i) =>
    Int32Array.from({ length: 30 + i }, (_, at) => 1 + ((7 * i + at) % 97)),
  ),
);
const pages = () => new PackedBatchFeed(documents, { rows, columns, bosToken: 0, seed: 1 });
const noisy = (share: number, inner = pages()) => new NoisyFeed(inner, { share, seed: 'noise', bosToken: 0 });

test('a fifth of the inputs are ids from elsewhere in the batch; beginnings and targets are as they were', async () => {
  const [feed, alone] = [noisy(0.2), pages()];
  let replaced = 0;
  let inputs = 0;
  for (let step = 0; step < 40; step++) {
    const { batch, documents: numbers } = await feed.next();
    const { batch: plain, documents: same } = await alone.next();
    expect(numbers).toEqual(same);
    expect({ ...batch, inputs: plain.inputs }).toEqual(plain);
    const known = new Set(plain.inputs);
    for (const [at, id] of batch.inputs.entries()) {
      if (plain.inputs[at] === 0 || id === 0) expect(id).toBe(plain.inputs[at]);
      else inputs++;
      expect(known.has(id)).toBe(true);
      if (id !== plain.inputs[at]) replaced++;
    }
  }
  // One in about 90 is replaced by the same id, one in 50 by a beginning, which it is not then.
  const expected = 0.2 * (1 - 1 / 90) * (1 - 1 / 50) * inputs;
  expect(Math.abs(replaced - expected)).toBeLessThan(6 * Math.sqrt(0.16 * inputs));
});

test('opened at a position it goes on as one that was never closed; without noise it is the feed itself', async () => {
  const through = noisy(0.5);
  for (let step = 0; step < 3; step++) await through.next();
  const options = { rows, columns, bosToken: 0, seed: 1 };
  const again = noisy(0.5, new PackedBatchFeed(documents, options, through.position));
  expect(await again.next()).toEqual(await through.next());
  expect(await noisy(0).next()).toEqual(await pages().next());
});
