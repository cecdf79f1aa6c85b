import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Document } from '@llm/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readParquet } from '../inputs/read-parquet.js';
import { fixtureDocuments, fixtureOutputs } from '../parquet/fixtures/documents.js';
import { openParquet } from '../parquet/parquet-file.js';
import { openSource } from '../storage/open-storage.js';
import { type WriteDocumentsOptions, writeDocuments } from './write-documents.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-output-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (documents: Iterable<Document>, options: Partial<WriteDocumentsOptions> = {}) =>
  writeDocuments({ documents, output: folder, ...options });

/** What other programs read in these files: tooling/oracles/data/parquet.py wrote it down. */
interface Recorded {
  readonly file: string;
  readonly sha256: string;
  readonly groups: number;
  readonly rows: Readonly<Record<string, string>>;
}
const recorded = readFileSync(new URL('../parquet/fixtures/readers.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

describe.each(recorded)('$file', ({ file, sha256, groups, rows }) => {
  test('is, byte for byte, what pyarrow, pandas, DuckDB, polars and datasets read as these documents', async () => {
    const options = fixtureOutputs[file]!;
    const { files } = await write(fixtureDocuments(), options);
    expect(files).toMatchObject([{ name: 'part-00000.parquet', documents: 2500, sha256 }]);
    const parquet = await openParquet(await openSource(join(folder, 'part-00000.parquet')));
    expect([parquet.rows, parquet.metadata.row_groups.length]).toEqual([2500, groups]);
    const expected = digest(fixtureDocuments(), parquet.columns);
    expect(rows).toEqual(
      Object.fromEntries(
        ['pyarrow', 'pandas', 'duckdb', 'polars', 'datasets'].map((reader) => [reader, expected]),
      ),
    );
  });
});

/** As the oracle: rows of names and values, nulls left out. What has no column is in `metadata`. */
function digest(documents: readonly Document[], columns: readonly string[]): string {
  const lines = documents.map(({ id, text, metadata }) => {
    const rest = { ...metadata } as Record<string, unknown>;
    const row: [string, unknown][] = [
      ['text', text],
      ['id', id],
    ];
    for (const name of columns.slice(2, -1)) {
      const value = rest[name];
      if (value === undefined || typeof value === 'object') continue;
      row.push([name, value]);
      delete rest[name];
    }
    delete rest.empty;
    if (Object.keys(rest).length > 0) row.push(['metadata', JSON.stringify(rest)]);
    return JSON.stringify(row);
  });
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

test('documents come back as they were, whatever has a column of its own', async () => {
  const documents = fixtureDocuments(50);
  for (const options of [{}, { columns: [] }, { compression: 'gzip' as const, groupDocuments: 7 }]) {
    await write(documents, options);
    const back: Document[] = [];
    for await (const item of readParquet(join(folder, 'part-00000.parquet'), 'text', {}, () => undefined)) {
      if (item.kind !== 'keep') continue;
      const { id, row: _, ...metadata } = item.page.metadata;
      back.push({ id: String(id), text: item.page.content, metadata: metadata as Document['metadata'] });
    }
    // Of nulls and controls our reader makes nothing.
    const expected = documents.map(({ id, text, metadata: { empty: _, ...metadata } }) => ({
      id,
      text: text.replaceAll('\0', ''),
      metadata,
    }));
    expect(back).toEqual(expected);
  }
});

test('files end at a size, each is whole, and parts of an earlier, longer set go', async () => {
  const documents = fixtureDocuments(600);
  const many = await write(documents, { groupDocuments: 50, fileBytes: 10_000, compression: 'none' });
  expect(many.files.length).toBeGreaterThan(4);
  let rows = 0;
  for (const { name, documents: count, sha256 } of many.files) {
    const bytes = await readFile(join(folder, name));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect((await openParquet(await openSource(join(folder, name)))).rows).toBe(count);
    rows += count;
  }
  expect(rows).toBe(600);
  await writeFile(join(folder, 'part-of-somebody.txt'), 'kept');
  await write(documents, { compression: 'none' });
  expect((await readdir(folder)).sort()).toEqual(['part-00000.parquet', 'part-of-somebody.txt']);
});

test('JSON lines and text', async () => {
  const documents = fixtureDocuments(20);
  const { files, languages, characters } = await write(documents, { format: 'jsonl' });
  expect(files.map(({ name }) => name)).toEqual(['part-00000.jsonl.gz']);
  const lines = gunzipSync(await readFile(join(folder, files[0]!.name)))
    .toString()
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    documents.map(({ id, text, metadata }) => ({ text, id, metadata })),
  );
  expect([languages, characters]).toEqual([
    { en: 10, ru: 10 },
    documents.reduce((sum, { text }) => sum + text.length, 0),
  ]);
  await write(documents, { format: 'text', compression: 'none' });
  const text = await readFile(join(folder, 'part-00000.txt'), 'utf8');
  expect(text).toBe(documents.map((document) => `${document.text.trimEnd()}\n\n`).join(''));
  expect(await readdir(folder)).toEqual(['part-00000.txt']);
});

test('what breaks on the way leaves no file under its name', async () => {
  function* broken(): Generator<Document> {
    yield* fixtureDocuments(1500);
    throw new Error('the disk of the source is gone');
  }
  await expect(write(broken())).rejects.toThrow('gone');
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  [{ format: 'csv' as never }, /format is/],
  [{ compression: 'lz4' as never }, /compression is/],
  [{ format: 'jsonl' as const, compression: 'snappy' as const }, /compression is/],
  [{ format: 'text' as const, groupDocuments: 10 }, /groupDocuments is of Parquet/],
  [{ columns: [{ name: 'text', type: 'string' as const }] }, /columns has "text"/],
  [{ fileBytes: 0 }, /fileBytes/],
])('%j is refused by name', async (options, says) => {
  await expect(write(fixtureDocuments(1), options)).rejects.toThrow(says);
  expect(await readdir(folder)).toEqual([]);
});
