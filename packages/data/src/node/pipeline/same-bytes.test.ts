/** The same bytes for any number of ranks, in any order, after any number of crashes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ArtifactStore, createRandom } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataReport } from './data-report.js';
import { smallSteps, writeSmallCrawl } from './fixtures/small-crawl.js';
import { phaseNames } from './phases.js';
import { runDataPipeline } from './run-data-pipeline.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-same-bytes-'));
afterAll(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, 'crawl'));
const inputs = writeSmallCrawl(join(directory, 'crawl'));
const random = createRandom(11, 'crashes');
const below = (count: number): number => random.uint32() % count;

/** Key → bytes. */
async function contents(store: ArtifactStore): Promise<Record<string, string>> {
  const keys = await store.list('');
  const rows = keys.map(async (key) => [key, Buffer.from(await store.read(key)).toString('base64')] as const);
  return Object.fromEntries(await Promise.all(rows));
}

class Crash extends Error {}

/** Fails for good from the nth write on. */
class CrashingStore extends MemoryStore {
  writesLeft = Number.POSITIVE_INFINITY;

  override async write(key: string, bytes: Uint8Array): Promise<void> {
    if (this.writesLeft-- <= 0) throw new Crash();
    await super.write(key, bytes);
  }
}

let expected: Record<string, string>;
let report: DataReport;
let writes = 0;
beforeAll(async () => {
  const store = new CrashingStore();
  store.writesLeft = 1e9;
  report = await runDataPipeline({ ...smallSteps, inputs, store });
  writes = 1e9 - store.writesLeft;
  expected = await contents(store);
});

describe('a run of the data stage', () => {
  it('has what a crash could spoil: pieces, several shards, duplicates in other files, short and Thai texts', () => {
    expect(Object.keys(expected).length).toBeGreaterThan(4);
    expect(writes).toBeGreaterThan(100);
    expect(report.shards).toBeGreaterThan(2);
    expect(report.dropped.duplicate).toBeGreaterThan(5);
    expect(report.dropped['same-text']).toBe(2);
    expect(report.pages).toBe(75);
  });

  it('ends with the same bytes whatever write it crashes at', { timeout: 240_000 }, async () => {
    for (let at = 0; at < writes; at += 1 + below(24)) {
      const store = new CrashingStore();
      store.writesLeft = at;
      await expect(runDataPipeline({ ...smallSteps, inputs, store })).rejects.toBeInstanceOf(Crash);
      // And once more, somewhere behind.
      store.writesLeft = below(writes);
      await runDataPipeline({ ...smallSteps, inputs, store }).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      store.writesLeft = Number.POSITIVE_INFINITY;
      await runDataPipeline({ ...smallSteps, inputs, store });
      expect(await contents(store)).toEqual(expected);
    }
  });

  it.each([1, 2, 3, 7])(
    'ends with the same bytes for %i ranks in any order, some of them doubled',
    async (world) => {
      const store = new MemoryStore();
      for (const phase of phaseNames) {
        const ranks = Array.from({ length: world }, (_, rank) => rank).sort(() => below(3) - 1);
        ranks.push(below(world));
        const share = (rank: number) => runDataPipeline({ ...smallSteps, inputs, store, rank, world, phase });
        if (below(2) === 0) await Promise.all(ranks.map(share));
        else for (const rank of ranks) await share(rank);
      }
      expect(await contents(store)).toEqual(expected);
    },
  );

  it('waits for the other ranks where it is not told a phase', async () => {
    const store = new MemoryStore();
    const ranks = [2, 0, 1].map((rank) => runDataPipeline({ ...smallSteps, inputs, store, rank, world: 3 }));
    expect(await Promise.all(ranks)).toEqual([report, report, report]);
    expect(await contents(store)).toEqual(expected);
  });

  it('refuses a phase whose time has not come', async () => {
    const early = runDataPipeline({ ...smallSteps, inputs, store: new MemoryStore(), phase: 'buckets' });
    await expect(early).rejects.toMatchObject({ code: 'data/phase-too-early' });
  });
});

const rankFile = fileURLToPath(new URL('./fixtures/rank.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** How a process ended: its exit code, or the signal. */
async function rank(parameters: object): Promise<number | string> {
  const child = spawn(
    process.execPath,
    ['--conditions=@llm/source', '--import', tsx, rankFile, JSON.stringify(parameters)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code!;
}

describe('processes that are killed with SIGKILL', () => {
  it.each([1, 2, 3])('end with the same bytes, %i at once', { timeout: 240_000 }, async (world) => {
    const store = new DirectoryStore(join(directory, `killed-${world}`));
    const one = async (number: number): Promise<void> => {
      const parameters = { inputs, directory: store.directory, rank: number, world };
      // Every rank is killed once or twice before it comes through.
      for (let deaths = world === 1 ? 2 : 1; deaths > 0; deaths--)
        expect(await rank({ ...parameters, killAt: 1 + below(Math.floor(writes / world / 3)) })).toBe(
          'SIGKILL',
        );
      expect(await rank(parameters)).toBe(0);
    };
    await Promise.all(Array.from({ length: world }, (_, number) => one(number)));
    expect(await contents(store)).toEqual(expected);
  });
});
