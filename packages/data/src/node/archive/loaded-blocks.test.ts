import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { ArchiveRecord } from '../../archive/archive-record.js';
import { warcRecord } from '../../archive/fixtures/warc-records.js';
import { readArchive } from './read-archive.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-blocks-'));
afterAll(() => rmSync(directory, { recursive: true }));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('a long block is read when it is asked for, into the memory of the last where that is wanted', async () => {
  const long = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
  const path = join(directory, 'long.warc');
  writeFileSync(path, Buffer.concat(long.map((block, id) => warcRecord({ block, id: `${id}` }))));
  for (const reuseBlocks of [false, true]) {
    const seen: Uint8Array[] = [];
    for await (const item of readArchive(path, { reuseBlocks })) {
      if (item.kind !== 'record') throw new Error(item.damage.message);
      seen.push(item.record.block);
      expect(text(item.record.block) === long[seen.length - 1]).toBe(true);
      expect(item.record.block).toBe(item.record.block);
    }
    expect(seen.map((block) => block.buffer === seen[0]?.buffer)).toEqual([true, reuseBlocks, reuseBlocks]);
    // Those that are the caller's stay as they were, after the file is closed, too.
    if (!reuseBlocks) expect(seen.map((block) => text(block).slice(0, 1))).toEqual(['a', 'b', 'c']);
  }
  const late: ArchiveRecord[] = [];
  for await (const item of readArchive(path)) if (item.kind === 'record') late.push(item.record);
  expect(late.map(({ block }, index) => text(block) === long[index])).toEqual([true, true, true]);
});

test('a record that goes on in the next gzip member, while the memory of members is used again', async () => {
  const blocks = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(5000));
  const records = Buffer.concat(blocks.map((block, id) => warcRecord({ block, id: `${id}` })));
  const path = join(directory, 'cut.warc.gz');
  // Cut in headers and in blocks.
  const cuts = [0, 100, 3000, 5300, 5400, 9000, 9100, 15_000, records.length];
  const members = cuts.slice(1).map((end, at) => gzipSync(records.subarray(cuts[at]!, end)));
  writeFileSync(path, Buffer.concat(members));
  const kept: Uint8Array[] = [];
  for (const reuseBlocks of [true, false]) {
    const seen: string[] = [];
    for await (const item of readArchive(path, { reuseBlocks })) {
      if (item.kind !== 'record') throw new Error(item.damage.message);
      seen.push(text(item.record.block));
      if (!reuseBlocks) kept.push(item.record.block);
    }
    expect(seen).toEqual(blocks);
  }
  expect(kept.map(text)).toEqual(blocks);
});
