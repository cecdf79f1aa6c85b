import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { afterAll, describe, expect, it } from 'vitest';
import { writeDocuments } from '../output/write-documents.js';
import { mixDocuments } from '../sampling/mix-documents.js';
import { readDocuments } from '../sampling/read-documents.js';
import { runDataPipeline } from './run-data-pipeline.js';
import { readShards } from './shards.js';

const directory = mkdtempSync(join(tmpdir(), 'full-disk-'));
const disk = join(directory, 'disk');
mkdirSync(disk);
const mount = (...options: string[]): boolean =>
  spawnSync('mount', options, { stdio: 'ignore' }).status === 0;
const resize = (kilobytes: number): boolean => mount('-o', `remount,size=${kilobytes}k`, disk);
/** Leaves so much free. */
const leave = (kilobytes: number): boolean => {
  const { blocks, bfree, bsize } = statfsSync(disk);
  return resize(Math.ceil(((blocks - bfree) * bsize) / 1024) + kilobytes);
};
const isMounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk);
if (!isMounted) process.stderr.write('SKIPPED: the tests of a full disk (mounting a tmpfs needs root)\n');
afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(directory, { recursive: true, force: true });
});

const path = join(directory, 'texts.jsonl');
const random = createRandom(5, 'texts');
const word = (): string => random.integer(1e9).toString(36);
const lines = Array.from({ length: 400 }, (_, at) =>
  JSON.stringify({
    text:
      at % 5 === 4
        ? 'A notice that stands on every page. It says nothing. It stays.'
        : Array.from({ length: 150 }, word).join(' '),
  }),
);
writeFileSync(path, `${lines.join('\n')}\n`);
const inputs = [{ kind: 'jsonl', path } as const];
const run = (root: string) =>
  runDataPipeline({
    ...{ inputs, store: new DirectoryStore(root), prefix: 'data', steps: [], segmentItems: 40 },
    ...{ shardCharacters: 60_000, deduplication: { sentences: { minimumWords: 0, minimumSentences: 0 } } },
  });
const files = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
const bytes = (root: string): [string, string][] =>
  files(root).map((file) => [file.slice(root.length), readFileSync(file).toString('base64')]);

describe.skipIf(!isMounted)('a disk that is full', () => {
  it('at any moment of a run: a plain error, nothing half written, and the same bytes afterwards', async () => {
    const whole = join(directory, 'whole');
    await run(whole);
    let failures = 0;
    for (let kilobytes = 16; ; kilobytes += 48) {
      resize(kilobytes);
      try {
        await run(disk);
        break;
      } catch (error) {
        expect(LlmError.isInstance(error) && error.code).toBe('core/write-failed');
        expect((error as Error).message).toMatch(
          /ENOSPC\)\. The disk is full: free some space, then run again/,
        );
        failures++;
      }
      expect(files(disk).filter((file) => file.endsWith('.tmp'))).toEqual([]);
    }
    expect(failures).toBeGreaterThan(5);
    expect(bytes(disk)).toEqual(bytes(whole));
  });

  it.each(['parquet', 'jsonl'] as const)(
    'while %s is written: the parts before stay, the rest goes',
    async (format) => {
      const store = new DirectoryStore(join(directory, 'whole'));
      const output = join(disk, 'out');
      const write = () =>
        writeDocuments({
          documents: readShards(store, 'data'),
          output,
          format,
          compression: 'none',
          fileBytes: 50_000,
        });
      leave(120);
      await expect(write()).rejects.toMatchObject({
        code: 'core/write-failed',
        message: expect.stringContaining('The disk is full: free some space'),
      });
      expect(files(output).filter((file) => !/part-\d{5}\.(parquet|jsonl)$/.test(file))).toEqual([]);
      resize(8000);
      const { files: written } = await write();
      expect(written.length).toBe(files(output).length);
      rmSync(output, { recursive: true });
    },
  );

  it('while a mixture is made: its working files go', async () => {
    leave(200);
    const source = { name: 'texts', documents: () => readDocuments(inputs) };
    const make = async () => {
      const mixture = await mixDocuments({
        sources: [source],
        bucketCharacters: 100_000,
        workDirectory: disk,
      });
      for await (const { documents } of mixture.parts()) expect(documents.length).toBeGreaterThan(0);
    };
    const before = files(disk);
    await expect(make()).rejects.toMatchObject({
      code: 'core/write-failed',
      message: expect.stringContaining('The disk is full'),
    });
    expect(files(disk)).toEqual(before);
  });
});
