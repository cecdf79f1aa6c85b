import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactStore, createRandom, LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test, vi } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import type { FeedPosition } from '../feed/batch-feed.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { checkpointHooks } from './checkpoint-hooks.js';
import { hasCheckpoint, loadCheckpoint } from './load-checkpoint.js';
import { recordHeldOutLoss, saveCheckpoint } from './save-checkpoint.js';

// Slow: bits are flipped in every file of a checkpoint

const config = createModelConfig({ vocabularySize: 9, contextLength: 8, depth: 1, width: 16, heads: 2 });
const executor = createNodeExecutor({ threads: 1 });
const batch = {
  rows: 1,
  columns: 4,
  inputs: Int32Array.of(1, 2, 3, 4),
  targets: Int32Array.of(2, 3, 4, 5),
  weights: new Float32Array(4).fill(1),
  normalizer: 4,
};
const step = (model: Transformer): Promise<unknown> => model.trainStep(batch, { learningRate: 1e-2 });

const position: FeedPosition = {
  kind: 'llm-feed-position',
  version: 1,
  feed: 'documents',
  batches: 1,
  epoch: 0,
  next: 3,
  waiting: [1, 0],
  discardedTokens: 0,
};

async function trained(): Promise<Transformer> {
  const model = await createTransformer({ config, executor });
  await step(model);
  return model;
}

async function errorOf(work: Promise<unknown>): Promise<LlmError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!LlmError.isInstance(error)) throw new Error(`expected an LlmError, got ${String(error)}`);
  return error;
}

/** Fails after a number of writes, as a full disk or a kill would. */
function failingStore(store: ArtifactStore, writes: number): ArtifactStore {
  let left = writes;
  return Object.assign(Object.create(store) as ArtifactStore, {
    write: (key: string, bytes: Uint8Array) => {
      if (left-- === 0) throw new Error('disk full');
      return store.write(key, bytes);
    },
    has: (key: string) => store.has(key),
    list: (prefix: string) => store.list(prefix),
    delete: (key: string) => store.delete(key),
  });
}

describe('checkpoints', () => {
  test('everything comes back, and training continues to the bit', async () => {
    const store = new MemoryStore();
    const model = await trained();
    await saveCheckpoint(store, 'run/base', {
      config,
      snapshot: await model.snapshot(),
      tokenizerFiles: { 'tokenizer.json': '{"a":1}' },
      metadata: { stage: 'base' },
    });
    expect(await hasCheckpoint(store, 'run/base')).toBe(true);
    const loaded = await loadCheckpoint(store, 'run/base');
    expect(loaded.config).toEqual(config);
    expect(loaded.metadata).toEqual({ stage: 'base' });
    expect(new TextDecoder().decode(loaded.tokenizerFiles['tokenizer.json'])).toBe('{"a":1}');
    const resumed = await createTransformer({ config: loaded.config, executor, seed: 'other' });
    await resumed.restore(loaded.snapshot);
    expect(await step(resumed)).toEqual(await step(model));
  });

  test('what somebody who trains on deletes while it is read is read anew, as it is by then', async () => {
    const store = new MemoryStore();
    const model = await trained();
    const save = async (): Promise<void> => {
      await saveCheckpoint(store, 'c', { config, snapshot: await model.snapshot() });
      await step(model);
    };
    await save();
    let saves = 0;
    const read = store.read.bind(store);
    vi.spyOn(store, 'read').mockImplementation(async (key) => {
      // Of three checkpoints the first is deleted; that happens twice while one loads.
      if (key.endsWith('config.json'))
        for (let more = 0; more < 2 && saves < 4; more++, saves++) await save();
      return read(key);
    });
    expect((await loadCheckpoint(store, 'c')).snapshot.stepsTaken).toBe(5);
    await store.delete('c/step-00000005/config.json');
    expect((await errorOf(loadCheckpoint(store, 'c'))).code).toBe('core/artifact-missing');
  });

  test('keeps the last two, and the pointer names the newest', async () => {
    const store = new MemoryStore();
    const model = await trained();
    for (let i = 0; i < 3; i++) {
      await saveCheckpoint(store, 'c', { config, snapshot: await model.snapshot() });
      await step(model);
    }
    const folders = new Set((await store.list('c/step-')).map((key) => key.split('/')[1]));
    expect([...folders]).toEqual(['step-00000002', 'step-00000003']);
    expect((await loadCheckpoint(store, 'c')).snapshot.stepsTaken).toBe(3);
    expect((await loadCheckpoint(store, 'c/step-00000002')).snapshot.stepsTaken).toBe(2);
  });

  test('the best by held-out loss stays beside the last ones and is loaded by name', async () => {
    const store = new MemoryStore();
    const model = await trained();
    const { onCheckpoint, onEvaluation } = checkpointHooks(store, 'c', { model, config, keep: 1 });
    for (const heldOutLoss of [3, 1.5, 2, Number.NaN]) {
      await onCheckpoint(model.stepsTaken, position);
      await onEvaluation(model.stepsTaken, { bits_per_byte: heldOutLoss });
      await step(model);
    }
    const folders = new Set((await store.list('c/step-')).map((key) => key.split('/')[1]));
    expect([...folders]).toEqual(['step-00000002', 'step-00000004']);
    expect((await loadCheckpoint(store, 'c', 'best')).snapshot.stepsTaken).toBe(2);
    expect((await loadCheckpoint(store, 'c')).snapshot.stepsTaken).toBe(4);
    expect((await loadCheckpoint(store, 'c')).feedPosition).toEqual(position);
    expect((await errorOf(recordHeldOutLoss(store, 'c', 9, 1))).code).toBe('core/artifact-missing');
    expect((await errorOf(loadCheckpoint(store, 'd', 'best'))).code).toBe('core/artifact-missing');
  });

  test('shards with an index come back like one file, and leave none of another size behind', async () => {
    const store = new MemoryStore();
    const snapshot = await (await trained()).snapshot();
    const folder = await saveCheckpoint(store, 'c', { config, snapshot, maximumShardBytes: 4000 });
    const names = (await store.list(`${folder}/`)).map((key) => key.slice(folder.length + 1));
    expect(names).toContain('model.safetensors.index.json');
    expect(names.filter((name) => /^model-\d{5}-of-0000\d\.safetensors$/.test(name)).length).toBeGreaterThan(
      2,
    );
    expect(names).not.toContain('model.safetensors');
    expect((await loadCheckpoint(store, 'c')).snapshot).toEqual(snapshot);
    const index = JSON.parse(
      new TextDecoder().decode(await store.read(`${folder}/model.safetensors.index.json`)),
    );
    expect(index.metadata.total_size).toBe(
      [...snapshot.parameters.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
    );
    await saveCheckpoint(store, 'c', { config, snapshot });
    const after = (await store.list(`${folder}/`)).map((key) => key.slice(folder.length + 1));
    expect(after.filter((name) => name.includes('safetensors'))).toEqual([
      'model.safetensors',
      'optimizer.safetensors',
    ]);
    expect((await loadCheckpoint(store, 'c')).snapshot).toEqual(snapshot);
  });

  test('on disk, tensors are read part by part', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'llm-checkpoint-'));
    const store = new DirectoryStore(directory);
    const read = vi.spyOn(store, 'read');
    const snapshot = await (await trained()).snapshot();
    await saveCheckpoint(store, 'c', { config, snapshot, tokenizerFiles: { 'tokenizer.json': '{}' } });
    expect((await loadCheckpoint(store, 'c')).snapshot).toEqual(snapshot);
    expect(read.mock.calls.filter(([key]) => key.endsWith('.safetensors'))).toEqual([]);
    await rm(directory, { recursive: true });
  });

  test('a crash during any write leaves the previous checkpoint', async () => {
    const store = new MemoryStore();
    const model = await trained();
    await saveCheckpoint(store, 'c', { config, snapshot: await model.snapshot() });
    await step(model);
    const snapshot = await model.snapshot();
    let writes = 0;
    for (; ; writes++) {
      const outcome = await saveCheckpoint(failingStore(store, writes), 'c', { config, snapshot }).catch(
        () => 'failed',
      );
      if (outcome !== 'failed') break;
      expect((await loadCheckpoint(store, 'c')).snapshot.stepsTaken).toBe(1);
    }
    expect(writes).toBe(6);
    expect((await loadCheckpoint(store, 'c')).snapshot.stepsTaken).toBe(2);
  });

  test('a cut file is named with the byte where it ends', async () => {
    const store = new MemoryStore();
    const folder = await saveCheckpoint(store, 'c', { config, snapshot: await (await trained()).snapshot() });
    for (const name of ['model.safetensors', 'optimizer.safetensors', 'config.json', 'checkpoint.json']) {
      const key = `${folder}/${name}`;
      const whole = await store.read(key);
      await store.write(key, whole.slice(0, whole.length - 7));
      const error = await errorOf(loadCheckpoint(store, 'c'));
      expect(error.code).toBe('model/checkpoint-invalid');
      expect(error.message).toContain(key);
      expect(error.message).toContain(String(whole.length - 7));
      await store.write(key, whole);
    }
  });

  test('a flipped bit anywhere is noticed', async () => {
    const random = createRandom(6);
    const snapshot = await (await trained()).snapshot();
    const store = new MemoryStore();
    // Some stores read whole files only.
    const plain: ArtifactStore = {
      specificationVersion: 'v1',
      read: (key) => store.read(key),
      has: (key) => store.has(key),
      list: (prefix) => store.list(prefix),
      write: (key, bytes) => store.write(key, bytes),
      delete: (key) => store.delete(key),
    };
    for (const maximumShardBytes of [undefined, 4000]) {
      const tokenizerFiles = { 'tokenizer.json': '{"é": [1, 2, 3]}' };
      const options = { config, snapshot, tokenizerFiles, metadata: { 7: 1, a: 'é' }, maximumShardBytes };
      const folder = await saveCheckpoint(store, 'c', { ...options, feedPosition: position });
      const loaded = await loadCheckpoint(store, 'c');
      expect(loaded.snapshot).toEqual(snapshot);
      expect(await loadCheckpoint(plain, 'c')).toEqual(loaded);
      await recordHeldOutLoss(store, 'c', 1, 0.5);
      for (const key of [...(await store.list(`${folder}/`)), 'c/latest.json', 'c/best.json']) {
        const which = key.endsWith('best.json') ? 'best' : 'latest';
        const bytes = await store.read(key);
        for (let round = 0; round < 40; round++) {
          const damaged = bytes.slice();
          const at = random.integer(bytes.length);
          damaged[at]! ^= 1 << random.integer(8);
          await store.write(key, damaged);
          for (const from of round % 8 === 0 ? [store, plain] : [store]) {
            const error = await errorOf(loadCheckpoint(from, 'c', which));
            expect(error.code, `byte ${at} of ${key}`).toMatch(/^(model|core)\//);
          }
        }
        await store.write(key, bytes);
      }
    }
  });

  test('a checkpoint from before there were digests loads', async () => {
    const store = new MemoryStore();
    const snapshot = await (await trained()).snapshot();
    const folder = await saveCheckpoint(store, 'c', { config, snapshot });
    for (const key of [`${folder}/checkpoint.json`, 'c/latest.json']) {
      const { sha256: _, ...content } = JSON.parse(new TextDecoder().decode(await store.read(key)));
      for (const [name, { bytes }] of Object.entries<{ bytes: number }>(content.files ?? {}))
        content.files[name] = bytes;
      await store.write(key, new TextEncoder().encode(JSON.stringify({ ...content, version: 1 })));
    }
    expect((await loadCheckpoint(store, 'c')).snapshot).toEqual(snapshot);
    await recordHeldOutLoss(store, 'c', 1, 0.5);
    expect((await loadCheckpoint(store, 'c', 'best')).snapshot).toEqual(snapshot);
  });

  test('digests are those that other programs compute', async () => {
    const store = new MemoryStore();
    const folder = await saveCheckpoint(store, 'c', { config, snapshot: await (await trained()).snapshot() });
    const manifest = JSON.parse(new TextDecoder().decode(await store.read(`${folder}/checkpoint.json`)));
    const names = (await store.list(`${folder}/`)).map((key) => key.slice(folder.length + 1));
    expect(Object.keys(manifest.files).sort()).toEqual(names.filter((name) => name !== 'checkpoint.json'));
    for (const [name, { bytes, sha256 }] of Object.entries<{ bytes: number; sha256: string }>(
      manifest.files,
    )) {
      const content = await store.read(`${folder}/${name}`);
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
  });

  test('weights that do not belong to the configuration, foreign kinds and missing ones are typed errors', async () => {
    const store = new MemoryStore();
    const snapshot = await (await trained()).snapshot();
    const wider = createModelConfig({ ...config, feedForwardWidth: 32 });
    await saveCheckpoint(store, 'c', { config: wider, snapshot });
    const error = await errorOf(loadCheckpoint(store, 'c'));
    expect(error.code).toBe('model/parameters-mismatch');
    expect(error.message).toContain('model.layers.0.mlp.gate_proj.weight');
    expect((await errorOf(loadCheckpoint(store, 'nothing'))).code).toBe('core/artifact-missing');
    for (const folder of ['../../etc', '/etc', 7]) {
      const pointer = JSON.stringify({ kind: 'llm-checkpoint-pointer', version: 1, folder });
      await store.write('c/latest.json', new TextEncoder().encode(pointer));
      expect((await errorOf(loadCheckpoint(store, 'c'))).message).toContain(
        'which is not a checkpoint beside it',
      );
    }
    await store.write('c/latest.json', new TextEncoder().encode('{"kind":"tokenizer"}'));
    expect((await errorOf(loadCheckpoint(store, 'c'))).code).toBe('model/checkpoint-invalid');
  });
});
