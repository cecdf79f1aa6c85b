import { createRandom } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { type BatchFeedOptions, type FeedPosition, PackedBatchFeed } from './batch-feed.js';
import { documentsInMemory } from './token-documents.js';

const bosToken = 0;
const columns = 8;
const random = createRandom(9);
/** Every token of every document is a different number, so that a batch tells where its tokens came from. */
let counter = 1;
const documents = Array.from({ length: 60 }, () =>
  Int32Array.from({ length: random.integer(25) }, () => counter++),
);
const options: BatchFeedOptions = { rows: 3, columns, bosToken, seed: 1, separateDocuments: true };
const feed = (changes: Partial<BatchFeedOptions> = {}, position?: FeedPosition): PackedBatchFeed =>
  new PackedBatchFeed(documentsInMemory(documents), { ...options, ...changes }, position);

describe('a batch', () => {
  test('every token is predicted once per epoch, from the token before it or, within a row, from BOS', () => {
    const before = new Map<number, number>();
    for (const ids of documents)
      for (const [i, id] of ids.entries()) before.set(id, i === 0 ? bosToken : ids[i - 1]!);
    const seen = new Set<number>();
    const packed = feed({ rows: 1 });
    for (;;) {
      const { batch } = packed.read();
      if (packed.position.epoch > 0) break;
      for (let i = 0; i < columns; i++) {
        const [input, target] = [batch.inputs[i]!, batch.targets[i]!];
        if (batch.weights[i] === 0 || target === bosToken) continue;
        expect(seen.has(target)).toBe(false);
        seen.add(target);
        if (input !== before.get(target)) expect([input, i > 0]).toEqual([bosToken, true]);
      }
    }
    expect(seen).toEqual(new Set(before.keys()));
  });

  test('that a section ends is not learned as the end of its document', () => {
    const all = [900, 3, 700, 3, 800, 4].map((length, document) =>
      Int32Array.from({ length }, (_, i) => 1000 * (document + 1) + i),
    );
    const ends = new Set(all.map((ids) => ids.at(-1)));
    const packed = new PackedBatchFeed(documentsInMemory(all), options);
    let masked = 0;
    while (packed.position.epoch === 0) {
      const { inputs, targets, weights } = packed.read().batch;
      for (let i = 0; i < inputs.length; i++) {
        if (targets[i] !== bosToken || inputs[i] === bosToken || ends.has(inputs[i])) continue;
        expect(weights[i]).toBe(0);
        masked++;
      }
    }
    expect(masked).toBeGreaterThan(0);
  });

  test('segments change at each BOS and nowhere else; weights count the targets', () => {
    const packed = feed();
    for (let n = 0; n < 40; n++) {
      const { batch } = packed.read();
      const { inputs, segments, weights, normalizer } = batch;
      for (let i = 0; i < inputs.length; i++)
        if (i % columns > 0 && weights[i] === 1)
          expect(segments![i] !== segments![i - 1]).toBe(inputs[i] === bosToken);
      expect(weights.reduce((a, b) => a + b)).toBe(normalizer);
    }
  });

  test('names the documents it was made of', () => {
    const { batch, documents: named } = feed().read();
    const owners = new Set<number>();
    for (const id of batch.inputs)
      if (id !== bosToken) owners.add(documents.findIndex((ids) => ids.includes(id)));
    expect(new Set([...owners, ...named])).toEqual(new Set(named));
  });
});

test('sizes that are none are refused', () => {
  for (const changes of [{ rows: 0 }, { columns: 1.5 }, { lookahead: Number.NaN }])
    expect(() => feed(changes)).toThrow(expect.objectContaining({ code: 'model/feed-options-invalid' }));
});

describe('a position', () => {
  const straight = feed();
  const batches = Array.from({ length: 90 }, () => straight.read());

  test('continues to the bit, across epochs and through JSON', () => {
    expect(straight.position.epoch).toBe(2);
    for (const stop of [0, 1, 17, 44, 89]) {
      const stopped = feed();
      for (let n = 0; n < stop; n++) stopped.read();
      const resumed = feed({}, JSON.parse(JSON.stringify(stopped.position)) as FeedPosition);
      expect(Array.from({ length: 90 - stop }, () => resumed.read())).toEqual(batches.slice(stop));
    }
  });

  test('skipping is giving without reading', () => {
    const skipping = feed();
    skipping.skip(31);
    expect(skipping.read()).toEqual(batches[31]);
    expect(skipping.position.batches).toBe(32);
  });

  test('of other documents, another shape or something else is refused', () => {
    const saved = straight.position;
    const code = 'model/feed-position-mismatch';
    for (const changes of [{ rows: 4 }, { seed: 2 }, { lookahead: 5 }, { remainder: 'discard' as const }])
      expect(() => feed(changes, saved)).toThrow(expect.objectContaining({ code }));
    expect(() => feed({}, { ...saved, kind: 'position' as 'llm-feed-position' })).toThrow('"position"');
    const shorter = documentsInMemory(documents.slice(1));
    expect(() => new PackedBatchFeed(shorter, options, saved)).toThrow(expect.objectContaining({ code }));
  });
});
