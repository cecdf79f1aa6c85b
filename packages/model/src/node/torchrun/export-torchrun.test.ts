import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteTokenizer } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModelConfig } from '../../config/create-model-config.js';
import { type BatchFeedOptions, PackedBatchFeed } from '../../feed/batch-feed.js';
import { muon } from '../../optimizers/muon.js';
import { createTransformer, type Transformer } from '../../transformer.js';
import { openTokenShards } from '../token-shards/open-token-shards.js';
import { writeTokenShards } from '../token-shards/write-token-shards.js';
import { exportTorchrun, type TorchrunOptions } from './export-torchrun.js';
import { importTorchrun } from './import-torchrun.js';

const tokenizer = new ByteTokenizer();
const { vocabularySize } = tokenizer;
const config = createModelConfig({ vocabularySize, contextLength: 16, depth: 1, width: 16, heads: 2 });
const optimizer = muon({ maximumGradientNorm: Number.POSITIVE_INFINITY, adamw: { betas: [0.7, 0.9] } });
const feed: BatchFeedOptions = { rows: 2, columns: 16, seed: 5, bosToken: 256, lookahead: 3 };
const schedule = { shape: 'cosine', peak: 1e-3 } as const;

let directory: string;
let shards: string;
let model: Transformer;
let options: TorchrunOptions;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'llm-export-torchrun-'));
  shards = join(directory, 'shards');
  const documents = Array.from({ length: 30 }, (_, index) => `document ${index} `.repeat(1 + (index % 5)));
  await writeTokenShards(shards, { tokenizer, documents, shardTokens: 300 });
  const executor = createNodeExecutor({ threads: 1 });
  model = await createTransformer({ config, executor, optimizer, seed: 1 });
  const opened = await openTokenShards(shards);
  const batches = new PackedBatchFeed(opened, feed);
  for (let step = 0; step < 3; step++)
    await model.trainStep((await batches.next()).batch, { learningRate: 1e-3 });
  opened.close();
  const snapshot = await model.snapshot();
  const { position: feedPosition } = batches;
  const tokenizerFiles = { 'tokenizer.json': '{"model": {}}' };
  options = { config, snapshot, optimizer, shards, feed, feedPosition, schedule, steps: 9, tokenizerFiles };
});
afterAll(async () => {
  await model.dispose();
  await rm(directory, { recursive: true });
});

const folder = (name: string): string => join(directory, name);

test('what goes into a folder comes out of it', async () => {
  const path = folder('whole');
  await exportTorchrun(path, { ...options, saveEvery: 4 });
  expect((await readdir(path)).sort()).toEqual([
    'README.md',
    'checkpoint.py',
    'feed.py',
    'launch.sh',
    'megatron',
    'model',
    'optimizer.safetensors',
    'optimizers.py',
    'state.json',
    'tokens',
    'train.py',
    'train.sbatch',
  ]);
  for (const name of await readdir(shards))
    expect(await readFile(join(path, 'tokens', name)), name).toEqual(await readFile(join(shards, name)));
  const back = await importTorchrun(path);
  const entries = <T>(map: ReadonlyMap<string, T>): unknown => Object.fromEntries(map);
  expect(back.config).toEqual(config);
  expect(back.snapshot.stepsTaken).toBe(3);
  expect(entries(back.snapshot.parameters)).toEqual(entries(options.snapshot.parameters));
  expect(entries(back.snapshot.optimizerState)).toEqual(entries(options.snapshot.optimizerState));
  expect(back.optimizer.options).toEqual(optimizer.options);
  expect(back.feedPosition).toEqual(options.feedPosition);
  expect(back).toMatchObject({ feed, steps: 9, schedule: { ...schedule, steps: 9, finalShare: 0.05 } });
  expect(new TextDecoder().decode(back.tokenizerFiles['tokenizer.json'])).toBe('{"model": {}}');
  // The feed opens at the position that came back.
  const opened = await openTokenShards(join(path, 'tokens'));
  new PackedBatchFeed(opened, back.feed, back.feedPosition);
  opened.close();
});

test('without a position the feed goes on after as many batches as steps were taken', async () => {
  const path = folder('counted');
  await exportTorchrun(path, { ...options, feedPosition: undefined, megatron: false });
  expect((await importTorchrun(path)).feedPosition).toEqual(options.feedPosition);
  expect(await readdir(path)).not.toContain('megatron');
});

test('the newest checkpoint is read, and none that is not whole', async () => {
  const path = folder('checkpoints');
  await exportTorchrun(path, options);
  for (const [name, stepsTaken] of [
    ['step-00000004', 4],
    ['step-00000007', 7],
    ['step-00000009.tmp', 9],
  ] as const) {
    const at = join(path, 'checkpoints', name);
    await exportTorchrun(at, { ...options, snapshot: { ...options.snapshot, stepsTaken } });
  }
  expect((await importTorchrun(path)).snapshot.stepsTaken).toBe(7);
  expect((await importTorchrun(join(path, 'checkpoints/step-00000004'))).snapshot.stepsTaken).toBe(4);
  // Exported again, a folder holds the new run alone.
  await exportTorchrun(path, options);
  expect((await importTorchrun(path)).snapshot.stepsTaken).toBe(3);
});

test('an optimizer that has not begun has no moments, there and back', async () => {
  const path = folder('fresh');
  await exportTorchrun(path, options);
  await exportTorchrun(path, { ...options, snapshot: { ...options.snapshot, optimizerState: new Map() } });
  expect(await readdir(path)).not.toContain('optimizer.safetensors');
  expect((await importTorchrun(path)).snapshot.optimizerState.size).toBe(0);
});

test('a directory with something else in it is left alone', async () => {
  const path = folder('taken');
  await mkdir(join(path, 'model'), { recursive: true });
  await expect(exportTorchrun(path, options)).rejects.toMatchObject({ code: 'model/directory-taken' });
  expect(await readdir(path)).toEqual(['model']);
});

test('what cannot go on is refused by name before anything is written', async () => {
  const path = folder('refused');
  const refusal = (changes: Partial<TorchrunOptions>): Promise<void> =>
    exportTorchrun(path, { ...options, ...changes });
  await expect(refusal({ optimizer: { ...optimizer, name: 'lion' } })).rejects.toThrow(/"lion"/);
  await expect(refusal({ steps: 0 })).rejects.toThrow(/steps/);
  await expect(refusal({ feed: { ...feed, seed: 6 } })).rejects.toThrow(/another feed/);
  const window = createModelConfig({ ...config, attentionWindow: 8 });
  await expect(
    refusal({ config: window, feed: { ...feed, separateDocuments: true }, feedPosition: undefined }),
  ).rejects.toThrow(/window/);
  await expect(refusal({ config: createModelConfig({ ...config, depth: 2 }) })).rejects.toThrow(/missing/);
  await expect(refusal({ shards: join(path, 'tokens') })).rejects.toThrow(/lie inside/);
  await expect(readdir(path)).rejects.toThrow('ENOENT');
});

test.each([
  ['{', 'not JSON'],
  ['null', 'kind'],
  ['{"kind":"llm-torchrun-state","version":2}', 'version'],
  ['{"kind":"llm-torchrun-state","version":1,"stepsTaken":-1}', 'stepsTaken'],
])('a state.json that lies is an error that says so: %s', async (text, message) => {
  const path = folder('hostile');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'state.json'), text);
  await expect(importTorchrun(path)).rejects.toThrow(message);
});

test('a folder without a run is none', async () => {
  await expect(importTorchrun(folder('nothing'))).rejects.toMatchObject({ code: 'model/torchrun-invalid' });
});
