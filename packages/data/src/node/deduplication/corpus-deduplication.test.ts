/**
 * What the pipeline finds on disk against what `DuplicateFinder` finds in memory, and what it says about it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import { DuplicateFinder } from '../../deduplication/duplicate-finder.js';
import { createMinhasher } from '../../deduplication/minhash.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { readShards } from '../pipeline/shards.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-duplicates-'));
afterAll(() => rmSync(directory, { recursive: true }));
const random = createRandom(5, 'duplicates');
const below = (count: number): number => random.uint32() % count;
const word = (): string => Array.from({ length: 6 }, () => String.fromCharCode(97 + below(26))).join('');

/** Texts of which many are edited copies of an earlier one, copies of copies included. */
function alikeTexts(count: number): string[] {
  const texts: string[][] = [];
  for (let index = 0; index < count; index++) {
    const copied = index > 0 && below(3) > 0 ? texts[below(index)]! : undefined;
    const words = copied?.slice() ?? Array.from({ length: 60 + below(60) }, word);
    if (copied !== undefined)
      for (let edits = below(4); edits > 0; edits--) words[below(words.length)] = word();
    texts.push(words);
  }
  return texts.map((words) => words.join(' '));
}

interface Row {
  readonly id?: string;
  readonly text: string;
  readonly url?: string;
}

interface DroppedRow {
  readonly id: string;
  readonly reason: string;
  readonly duplicateOf?: string;
  readonly match?: string;
  readonly matchIn?: string;
  readonly similarity?: number;
}

/** Ids that are kept, and the rows of those that are dropped. */
async function run(
  rows: readonly Row[],
  deduplication: DeduplicationOptions,
  { store = new MemoryStore(), prefix = 'data', files = 3 } = {},
): Promise<{ kept: string[]; dropped: Map<string, DroppedRow> }> {
  const size = Math.ceil(rows.length / files);
  const inputs = Array.from({ length: files }, (_, file) => {
    const path = join(directory, `${prefix}-${file}.jsonl`);
    const own = rows.slice(file * size, (file + 1) * size);
    writeFileSync(path, own.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return { kind: 'jsonl' as const, path };
  });
  await runDataPipeline({
    inputs,
    store,
    prefix,
    deduplication,
    steps: [],
    segmentItems: 50,
    shardCharacters: 50_000,
  });
  const kept: string[] = [];
  for await (const { id } of readShards(store, prefix)) kept.push(id);
  const lines = gunzipSync(await store.read(`${prefix}/dropped.jsonl.gz`))
    .toString()
    .split('\n');
  const dropped = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as DroppedRow);
  return { kept, dropped: new Map(dropped.map((row) => [row.id, row])) };
}

describe('duplicates of a corpus', () => {
  const texts = alikeTexts(600);
  const name = (index: number): string => `data-${Math.floor(index / 200)}.jsonl#${index % 200}`;
  const rows = texts.map((text) => ({ text }));

  it.each([
    ['as they are', {}],
    ['with runs that are merged', { index: true }],
    ["with datatrove's hashes", { hashes: 'datatrove-xxhash' }],
    ['with other bands', { buckets: 20, hashesPerBucket: 2, wordsPerShingle: 2, seed: 9 }],
  ] as const)('are those that are found in memory: %s', async (_, options: DeduplicationOptions) => {
    const { index: _index, ...config } = options;
    const minhasher = createMinhasher(config);
    const finder = new DuplicateFinder(minhasher.buckets);
    const signatures = texts.map((text) => minhasher.signature(text));
    for (const signature of signatures) finder.add(signature);
    const { keeper, match } = finder.clusters();
    const { kept, dropped } = await run(rows, options);
    expect(kept).toEqual(texts.flatMap((__, index) => (keeper[index] === index ? [name(index)] : [])));
    expect(kept.length).toBeGreaterThan(100);
    expect(dropped.size).toBe(600 - kept.length);
    for (let index = 0; index < texts.length; index++) {
      if (keeper[index] === index) continue;
      const row = dropped.get(name(index))!;
      const matched = match[index] === index ? undefined : name(match[index]!);
      expect(row).toMatchObject({ reason: 'duplicate', duplicateOf: name(keeper[index]!) });
      expect(row.match).toBe(matched);
      if (matched === undefined) continue;
      // At most as many buckets as the signatures share.
      const [own, other] = [signatures[index]!, signatures[match[index]!]!];
      const shared = Array.from({ length: minhasher.buckets }, (___, bucket) => bucket * 2).filter(
        (at) => own[at] === other[at] && own[at + 1] === other[at + 1],
      ).length;
      const most = (shared / minhasher.buckets) ** (1 / (options.hashesPerBucket ?? 8));
      expect(row.similarity).toBeGreaterThan(0);
      expect(row.similarity).toBeLessThanOrEqual(Math.round(most * 1000) / 1000);
    }
  });

  it('leave none behind where none is asked for', async () => {
    const { kept: first, dropped } = await run(rows, {});
    const { kept } = await run(rows, { keep: 'none' });
    const keepers = new Set([...dropped.values()].map((row) => row.duplicateOf));
    expect(kept).toEqual(first.filter((id) => !keepers.has(id)));
    expect(kept.length).toBeLessThan(first.length);
  });

  it('are left out where an earlier crawl has them, and its document is named', async () => {
    const store = new MemoryStore();
    const half = 300;
    await run(rows.slice(0, half), { index: true }, { store, prefix: 'old' });
    await run(rows.slice(0, 3), { index: true }, { store, prefix: 'older', files: 1 });
    const options: DeduplicationOptions = { earlier: ['older', 'old'] };
    const { kept, dropped } = await run(rows.slice(half), options, { store, prefix: 'new' });
    // By hand: a document is new when its cluster among all documents has none of the first half.
    const minhasher = createMinhasher();
    const finder = new DuplicateFinder(minhasher.buckets);
    for (const text of texts) finder.add(minhasher.signature(text));
    const { keeper } = finder.clusters();
    const expected = texts.flatMap((_, index) =>
      keeper[index] === index && index >= half
        ? [`new-${Math.floor((index - half) / 100)}.jsonl#${(index - half) % 100}`]
        : [],
    );
    // Two new documents may be alike through an old one only: both are old then, here as there.
    expect(kept).toEqual(expected);
    const known = [...dropped.values()].filter((row) => row.matchIn !== undefined);
    expect(known.length).toBeGreaterThan(50);
    for (const { match, matchIn, duplicateOf } of known) {
      expect(match?.startsWith(`${matchIn}-`)).toBe(true);
      expect(duplicateOf).toBeUndefined();
    }
    expect(new Set(known.map((row) => row.matchIn)).has('old')).toBe(true);
    const other = run(rows, { earlier: ['old'], seed: 2 }, { store });
    await expect(other).rejects.toMatchObject({ code: 'data/index-other' });
    await expect(run(rows, { earlier: ['none'] }, { store })).rejects.toMatchObject({
      code: 'data/index-missing',
    });
  });

  it('include texts that are too short for a signature, and languages without blanks', async () => {
    const short = [
      'สวัสดีชาวโลก ยินดีต้อนรับ',
      'Hello there.',
      '你好，世界。',
      'Hello there!',
      'Hello  there.\n',
      '你好，世界。',
    ];
    const all = [...short, 'สวัสดีชาวโลก ยินดีต้อนรับ'].map((text) => ({ text }));
    const { kept, dropped } = await run(all, {}, { files: 1 });
    expect(kept).toEqual([0, 1, 2, 3].map((index) => `data-0.jsonl#${index}`));
    expect([...dropped.values()]).toMatchObject([
      { id: 'data-0.jsonl#4', reason: 'same-text', duplicateOf: 'data-0.jsonl#1', similarity: 1 },
      { id: 'data-0.jsonl#5', reason: 'same-text', duplicateOf: 'data-0.jsonl#2' },
      { id: 'data-0.jsonl#6', reason: 'same-text', duplicateOf: 'data-0.jsonl#0' },
    ]);
    expect((await run(all, { exact: false }, { files: 1 })).kept).toHaveLength(7);
  });

  it('are named by the ids that rows came with', async () => {
    const all = [0, 1, 0, 2, 1].map((index, row) => ({
      id: row === 3 ? '' : `own-${row}`,
      text: texts[index * 97]!,
    }));
    const { kept, dropped } = await run(all, {}, { files: 2 });
    expect(kept).toEqual(['own-0', 'own-1', 'data-1.jsonl#0']);
    expect([...dropped.values()]).toMatchObject([
      { id: 'own-2', duplicateOf: 'own-0', match: 'own-0' },
      { id: 'own-4', duplicateOf: 'own-1', match: 'own-1' },
    ]);
  });

  it('are named by the ids that the rows of an earlier crawl came with, in all its files', async () => {
    const store = new MemoryStore();
    // Of the second file no row has an id.
    const old = [0, 1, 2, 3].map((index) => ({
      id: index < 2 ? `old-${index}` : '',
      text: texts[index * 97]!,
    }));
    await run(old, { index: true }, { store, prefix: 'old', files: 2 });
    const all = [3, 1, 4, 0].map((index) => ({ id: `new-${index}`, text: texts[index * 97]! }));
    for (const keep of ['first', 'none'] as const) {
      const options = { earlier: ['old'], keep };
      const { kept, dropped } = await run(all, options, { store, prefix: `new-${keep}`, files: 1 });
      expect(kept).toEqual(['new-4']);
      expect([...dropped.values()]).toMatchObject([
        { id: 'new-3', matchIn: 'old', match: 'old-1.jsonl#1', similarity: 1 },
        { id: 'new-1', matchIn: 'old', match: 'old-1', similarity: 1 },
        { id: 'new-0', matchIn: 'old', match: 'old-0', similarity: 1 },
      ]);
    }
  });

  it('can be told by address alone', async () => {
    const urls = ['http://example.org/a', 'https://EXAMPLE.org/a/#top', 'http://example.org/a?b', '', ''];
    const all = urls.map((url, index) => ({ text: texts[index * 97]!, url }));
    const { kept, dropped } = await run(all, { minhash: false, exact: false, url: true }, { files: 1 });
    expect(kept).toHaveLength(4);
    expect(dropped.get('data-0.jsonl#1')).toMatchObject({ reason: 'same-url', match: 'data-0.jsonl#0' });
  });

  it('cannot be told by nothing, nor by what is not known', async () => {
    for (const options of [{ minhash: false, exact: false }, { bucket: 3 } as DeduplicationOptions])
      await expect(run(rows, options)).rejects.toMatchObject({ code: 'data/deduplication-invalid' });
    await expect(run(rows, { buckets: 0 })).rejects.toMatchObject({ code: 'core/option-invalid' });
  });
});
