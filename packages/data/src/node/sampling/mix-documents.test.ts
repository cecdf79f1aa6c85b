import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from '@llm/core';
import { expect, test } from 'vitest';
import { writeDocuments } from '../output/write-documents.js';
import { type MixDocumentsOptions, type MixtureSource, mixDocuments } from './mix-documents.js';
import { readDocuments } from './read-documents.js';
import { writeMixture } from './write-mixture.js';

function source(name: string, count: number, language = 'en'): MixtureSource {
  const documents = Array.from(
    { length: count },
    (_, at): Document => ({
      id: `${name}-${at}`,
      text: `${name} ${at} `.repeat(1 + (at % 7)),
      metadata: { language },
    }),
  );
  return { name, documents: () => documents };
}

const sources = [source('web', 3000), source('books', 400, 'de'), source('code', 1000)];
const weights = { web: 2, books: 1, code: 1 };
const mixed: MixDocumentsOptions = { sources, weights, budget: 3200, seed: 7, bucketCharacters: 60_000 };

async function drawn(options: MixDocumentsOptions): Promise<Document[]> {
  const mixture = await mixDocuments(options);
  const all: Document[] = [];
  for await (const { documents } of mixture.parts()) all.push(...documents);
  return all;
}

test('shares, epochs and budget are met, and the order is another one', async () => {
  const work = await mkdtemp(join(tmpdir(), 'mix-'));
  const documents = await drawn({ ...mixed, workDirectory: work });
  expect(await readdir(work)).toEqual([]);
  const times = new Map<string, number>();
  for (const { id } of documents) times.set(id, (times.get(id) ?? 0) + 1);
  const of = (name: string) => [...times].filter(([id]) => id.startsWith(name));
  const total = (name: string) => of(name).reduce((sum, [, count]) => sum + count, 0);
  expect(Math.abs(total('web') - 1600)).toBeLessThan(5);
  expect(new Set(of('web').map(([, count]) => count))).toEqual(new Set([1]));
  expect([total('books'), of('books').length]).toEqual([800, 400]);
  expect(Math.abs(total('code') - 800)).toBeLessThan(5);
  // Spearman's rank correlation of the order with that of the source is near none.
  const places = documents.flatMap(({ id }, place) =>
    id.startsWith('web') ? [[place, Number(id.slice(4))]] : [],
  );
  const n = places.length;
  const rank = (column: 0 | 1) => {
    const sorted = places.map((pair) => pair[column]!).sort((a, b) => a - b);
    return new Map(sorted.map((value, at) => [value, at]));
  };
  const [first, second] = [rank(0), rank(1)];
  const squares = places.reduce((sum, [a, b]) => sum + (first.get(a!)! - second.get(b!)!) ** 2, 0);
  expect(Math.abs(1 - (6 * squares) / (n * (n * n - 1)))).toBeLessThan(4 / Math.sqrt(n));
});

test('the order follows from seed and ids alone: not from memory, files or the order of reading', async () => {
  const ids = async (options: Partial<MixDocumentsOptions>) =>
    (await drawn({ ...mixed, ...options })).map(({ id }) => id);
  const expected = await ids({});
  expect(await ids({ bucketCharacters: 1e9 })).toEqual(expected);
  const reversed = sources.map(({ name, documents }) => ({
    name,
    documents: () => [...(documents() as Document[])].reverse(),
  }));
  expect(await ids({ sources: reversed.reverse() })).toEqual(expected);
  expect(await ids({ seed: 8 })).not.toEqual(expected);
});

test('one rank or three write the same files', async () => {
  const hashes = async (world: number): Promise<Map<string, string>> => {
    const output = await mkdtemp(join(tmpdir(), 'mix-'));
    // Left by an earlier, longer set in another form.
    await writeDocuments({
      documents: sources[0]!.documents(),
      output,
      format: 'jsonl',
      fileBytes: 1,
      compression: 'none',
    });
    const files = new Map<string, string>();
    for (let rank = world - 1; rank >= 0; rank--) {
      const mixture = await mixDocuments({ ...mixed, rank, world });
      const written = await writeMixture(mixture, { output, format: 'jsonl', compression: 'zstd' });
      for (const { name, sha256 } of written.files) files.set(name, sha256);
    }
    expect((await readdir(output)).sort()).toEqual([...files.keys()].sort());
    return new Map([...files].sort());
  };
  const alone = await hashes(1);
  expect(alone.size).toBeGreaterThan(3);
  expect(await hashes(3)).toEqual(alone);
});

test('languages by temperature, budgets of characters and tokens, what was written is read back', async () => {
  const byLanguage = await mixDocuments({
    sources,
    by: 'language',
    temperature: 2,
    budget: 60_000,
    unit: 'characters',
  });
  expect([...byLanguage.groups.keys()]).toEqual(['de', 'en']);
  const output = await mkdtemp(join(tmpdir(), 'mix-'));
  const written = await writeMixture(byLanguage, { output });
  expect(Math.abs(written.characters - 60_000)).toBeLessThan(120);
  const paths = written.files.map(({ name }) => join(output, name));
  const back: Document[] = [];
  for await (const document of readDocuments(paths.map((path) => ({ kind: 'parquet', path }))))
    back.push(document);
  expect(back.length).toBe(written.documents);
  const known = new Map(
    sources.flatMap((one) => [...(one.documents() as Document[])]).map((one) => [one.id, one.text]),
  );
  for (const { id, text } of back) expect(text).toBe(known.get(id));
  const tokens = await mixDocuments({
    ...mixed,
    unit: 'tokens',
    countTokens: (text) => text.split(' ').length,
  });
  expect(tokens.groups.get('web')!.size).toBeGreaterThan(9000);
  await expect(mixDocuments({ ...mixed, unit: 'tokens' })).rejects.toThrow(/countTokens/);
  await expect(mixDocuments({ ...mixed, rank: 3, world: 3 })).rejects.toThrow(/rank is 3/);
});

test('a bucket that is left alone leaves nothing behind', async () => {
  const work = await mkdtemp(join(tmpdir(), 'mix-'));
  for await (const { documents } of (await mixDocuments({ ...mixed, workDirectory: work })).parts()) {
    expect(documents.length).toBeGreaterThan(0);
    break;
  }
  expect(await readdir(work)).toEqual([]);
});
