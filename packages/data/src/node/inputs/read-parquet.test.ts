import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFileServer } from '../storage/fixtures/file-server.js';
import type { InputItem } from './data-input.js';
import { readParquet } from './read-parquet.js';

/**
 * Written by tooling/oracles/data/parquet.py with pyarrow, polars and DuckDB; rows.json says what is in
 * each.
 */
const fixtures = fileURLToPath(new URL('../parquet/fixtures/', import.meta.url));
const files = readdirSync(fixtures).filter((name) => name.endsWith('.parquet'));
type Row = Readonly<Record<string, unknown>>;
const rows = JSON.parse(readFileSync(join(fixtures, 'rows.json'), 'utf8')) as Row[];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function itemsOf(location: string, field = 'text', maxPageBytes?: number): Promise<InputItem[]> {
  const items: InputItem[] = [];
  for await (const item of readParquet(location, field, { maxPageBytes }, () => undefined)) items.push(item);
  return items;
}

/** What our items say, in the form of rows.json. */
const seen = (item: InputItem): unknown =>
  item.kind === 'keep'
    ? { text: item.page.content, ...item.page.metadata }
    : item.kind === 'drop' && item.reason;

describe.each(files)('%s', (name) => {
  test('is read as its writer says', async () => {
    const expected = rows.map(({ text, metadata, ...rest }, row) => {
      if (text === null) return 'no-text';
      return withoutNulls({ text, ...rest, ...(metadata as object), row });
    });
    const found = (await itemsOf(join(fixtures, name))).map((item) => {
      const row = seen(item);
      return typeof row === 'string' ? row : withoutNulls(row as Row);
    });
    expect(found).toEqual(expected);
  });
});

const withoutNulls = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));

test('a file that lies elsewhere is read as one of this machine is', async () => {
  const path = join(fixtures, 'pyarrow-zstd.parquet');
  const server = await startFileServer(new Map([['/x.parquet', readFileSync(path)]]));
  try {
    const [here, there] = await Promise.all([itemsOf(path), itemsOf(`${server.origin}/x.parquet`)]);
    expect(there.map(seen)).toEqual(here.map(seen));
  } finally {
    await server.close();
  }
});

test('a column that is not there, a file that is cut, damaged, or no Parquet file is an error that names it', async () => {
  const path = join(fixtures, 'pyarrow-snappy.parquet');
  const missing = itemsOf(path, 'body');
  await expect(missing).rejects.toMatchObject({ code: 'data/field-missing' });
  await expect(missing).rejects.toThrow(/"text", "id", "url"/);
  const bytes = readFileSync(path);
  const damaged = Buffer.from(bytes);
  damaged.fill(0xff, 200, 1200);
  for (const [name, content] of [
    ['cut', bytes.subarray(0, 5000)],
    ['damaged', damaged],
    ['text', Buffer.from('{"text": "not Parquet"}\n')],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    const broken = join(folder, `${name}.parquet`);
    await writeFile(broken, content);
    const error = itemsOf(broken);
    await expect(error).rejects.toMatchObject({ code: 'data/parquet-damaged' });
    await expect(error).rejects.toThrow(broken);
  }
});

test('a text that is longer than a page is dropped by name', async () => {
  const items = await itemsOf(join(fixtures, 'polars.parquet'), 'text', 100);
  const long = rows.filter(({ text }) => typeof text === 'string' && text.length > 100).length;
  expect(long).toBeGreaterThan(0);
  expect(items.filter((item) => item.kind === 'drop' && item.reason === 'too-large').length).toBe(long);
});
