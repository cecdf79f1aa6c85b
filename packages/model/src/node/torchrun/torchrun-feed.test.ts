import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type BatchFeedOptions, PackedBatchFeed } from '../../feed/batch-feed.js';
import { documentsInMemory } from '../../feed/token-documents.js';
import fixture from '../../fixtures/torchrun-feed.json' with { type: 'json' };

// Written by assets/torchrun/feed.py: see tooling/oracles/model/torchrun_feed.py.
const documents = documentsInMemory(
  fixture.lengths.map((length, document) =>
    Int32Array.from({ length }, (_, at) => (document * 31 + at * 7) % 256),
  ),
);

test.each(fixture.cases)(
  'feed.py gives the batches of this feed: $options',
  ({ options, digest, position }) => {
    const feed = new PackedBatchFeed(documents, {
      ...(options as BatchFeedOptions),
      separateDocuments: true,
    });
    const hash = createHash('sha256');
    for (let batch = 0; batch < fixture.batches; batch++) {
      const { inputs, targets, weights, segments, normalizer } = feed.read().batch;
      for (const { buffer } of [inputs, targets, weights, segments!])
        hash.update(new Uint8Array(buffer as ArrayBuffer));
      hash.update(new Uint8Array(Int32Array.of(normalizer, normalizer).buffer));
    }
    expect({ ...feed.position, feed: '' }).toEqual(position);
    expect(hash.digest('hex')).toBe(digest);
  },
);
