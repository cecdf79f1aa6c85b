import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ByteTokenizer } from '@llm/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PackedBatchFeed } from '../feed/batch-feed.js';
import { openShardFeed, type ShardFeedOptions } from './shard-feed.js';
import { openTokenShards } from './token-shards/open-token-shards.js';
import { writeTokenShards } from './token-shards/write-token-shards.js';

// Slow: feeds read in threads that are started and killed

const tokenizer = new ByteTokenizer();
const documents = Array.from({ length: 50 }, (_, i) => `${'document '.repeat(1 + (i % 7))}${i} of fifty`);
const options: ShardFeedOptions = { tokenizer, rows: 4, columns: 16, seed: 1 };
let directory: string;
let shards: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'llm-feed-'));
  shards = join(directory, 'shards');
  await writeTokenShards(shards, { tokenizer, documents, shardTokens: 500 });
});
afterAll(() => rm(directory, { recursive: true }));

describe('a feed in a thread', () => {
  test('gives the batches of a feed on this thread, and continues from each position', async () => {
    const here = new PackedBatchFeed(await openTokenShards(shards), { ...options, bosToken: 256 });
    const feed = await openShardFeed(shards, options);
    for (let n = 0; n < 30; n++) expect(await feed.next()).toEqual(here.read());
    const { position } = feed;
    expect(position).toEqual(here.position);
    await feed.close();
    const resumed = await openShardFeed(shards, { ...options, position });
    for (let n = 0; n < 60; n++) expect(await resumed.next()).toEqual(here.read());
    expect(resumed.position.epoch).toBeGreaterThan(1);
    await resumed.close();
  });

  test('makes batches ahead, and no more than it was told', async () => {
    const feed = await openShardFeed(shards, { ...options, prefetch: 3 });
    const settled = async (): Promise<number> => {
      while (feed.ready < 3) await setTimeout(2);
      await setTimeout(30);
      return feed.ready;
    };
    expect(await settled()).toBe(3);
    await feed.next();
    await feed.next();
    expect(await settled()).toBe(3);
    expect(feed.position.batches).toBe(2);
    await feed.close();
    await expect(feed.next()).rejects.toMatchObject({ code: 'model/feed-closed' });
  });

  test('aborting rejects the batch that is waited for, and all after it', async () => {
    const controller = new AbortController();
    const feed = await openShardFeed(shards, { ...options, prefetch: 1, signal: controller.signal });
    const waiting = Promise.all(Array.from({ length: 200 }, () => feed.next()));
    controller.abort(new Error('stop pressed'));
    await expect(waiting).rejects.toThrow('stop pressed');
    await expect(feed.next()).rejects.toThrow('stop pressed');
    await expect(openShardFeed(shards, { ...options, signal: controller.signal })).rejects.toThrow(
      'stop pressed',
    );
  });

  test('errors of the thread arrive as they are', async () => {
    const feed = await openShardFeed(shards, options);
    const { position } = feed;
    await feed.close();
    await expect(openShardFeed(shards, { ...options, seed: 2, position })).rejects.toMatchObject({
      code: 'model/feed-position-mismatch',
    });
    await expect(openShardFeed(join(directory, 'nothing'), options)).rejects.toMatchObject({
      code: 'model/token-shards-invalid',
    });
  });
});

/** Steps and losses that a process printed before it ended, or was killed at step `killAt`. */
async function trainInAProcess(run: string, killAt = Number.POSITIVE_INFINITY): Promise<[number, string][]> {
  const script = fileURLToPath(new URL('../fixtures/train-from-shards.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@llm/source', '--import', 'tsx', script, join(directory, run), shards, '40'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code)),
  );
  const losses: [number, string][] = [];
  for await (const line of createInterface(child.stdout)) {
    const [step, loss] = line.split(' ') as [string, string];
    losses.push([Number(step), loss]);
    if (Number(step) === killAt) child.kill('SIGKILL');
  }
  expect(await ended).toBe(killAt < 40 ? 'SIGKILL' : 0);
  return losses;
}

test('killed in the middle and continued in another process equals uninterrupted, to the bit', async () => {
  const uninterrupted = trainInAProcess('b');
  const killed = await trainInAProcess('a', 14);
  const continued = await trainInAProcess('a');
  const straight = await uninterrupted;
  expect(killed.length).toBeLessThan(40);
  expect(continued[0]![0]).toBeGreaterThan(12);
  expect(straight.map(([step]) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  const byStep = new Map(straight);
  for (const [step, loss] of [...killed, ...continued]) expect(loss).toBe(byStep.get(step));
  for (const file of ['model.safetensors', 'optimizer.safetensors', 'checkpoint.json']) {
    const path = (run: string): string => join(directory, run, 'base/step-00000040', file);
    expect((await readFile(path('a'))).equals(await readFile(path('b')))).toBe(true);
  }
});
