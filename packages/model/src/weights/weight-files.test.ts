import { type ArtifactStore, createRandom, type NamedTensor } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { describe, expect, test } from 'vitest';
import { openWeights, parseIndex, writeWeights } from './weight-files.js';

const random = createRandom(4);
const tensors = new Map<string, NamedTensor>(
  [3, 50, 200, 1, 40, 60].map((count, i) => [
    `tensor.${i}`,
    { shape: [count], data: Float32Array.from({ length: count }, () => random.normal()) },
  ]),
);
/** What a store without partial reads is. */
const plain = (store: MemoryStore): ArtifactStore => ({
  specificationVersion: 'v1',
  read: (key) => store.read(key),
  write: (key, bytes) => store.write(key, bytes),
  has: (key) => store.has(key),
  list: (prefix) => store.list(prefix),
  delete: (key) => store.delete(key),
});

describe('weights in files', () => {
  test('tensors are grouped in order up to the limit, a larger one alone', async () => {
    const store = new MemoryStore();
    const files: string[] = [];
    const onWrite = (name: string): unknown => files.push(name);
    await writeWeights(store, 'm', 'model', tensors, { maximumShardBytes: 400, onWrite });
    const shard = (number: number): string => `model-0000${number}-of-00004.safetensors`;
    expect(files).toEqual([shard(1), shard(2), shard(3), shard(4), 'model.safetensors.index.json']);
    const map = parseIndex(
      new TextDecoder().decode(await store.read('m/model.safetensors.index.json')),
      'index',
    );
    expect([...map.values()]).toEqual([1, 1, 2, 3, 3, 4].map(shard));
    for (const from of [store, plain(store)])
      expect([...(await (await openWeights(from, 'm', 'model')).read())]).toEqual([...tensors]);
    await writeWeights(store, 'm', 'model', tensors);
    expect(await store.list('m/')).toEqual(['m/model.safetensors']);
    expect([...(await (await openWeights(plain(store), 'm', 'model')).read())]).toEqual([...tensors]);
  });

  test('a header of 2^60 bytes is refused after 8 bytes were read', async () => {
    const store = new MemoryStore();
    const file = new Uint8Array(4096);
    new DataView(file.buffer).setBigUint64(0, 2n ** 60n, true);
    await store.write('model.safetensors', file);
    const reads: number[] = [];
    const { readRange } = store;
    store.readRange = (key, start, end) => {
      reads.push(end - start);
      return readRange.call(store, key, start, end);
    };
    await expect(openWeights(store, '', 'model')).rejects.toMatchObject({
      code: 'model/safetensors-invalid',
    });
    expect(reads).toEqual([8]);
    new DataView(file.buffer).setBigUint64(0, 99_999_999n, true);
    await store.write('model.safetensors', file);
    await expect(openWeights(store, '', 'model')).rejects.toMatchObject({
      code: 'model/safetensors-truncated',
    });
    expect(reads).toEqual([8, 8]);
  });

  test('a file that shrinks after its header was read is an error, not a short tensor', async () => {
    const store = new MemoryStore();
    await writeWeights(store, '', 'model', tensors);
    const weights = await openWeights(store, '', 'model');
    await store.write('model.safetensors', (await store.read('model.safetensors')).slice(0, -5));
    await expect(weights.read()).rejects.toMatchObject({ code: 'model/safetensors-truncated' });
  });
});
