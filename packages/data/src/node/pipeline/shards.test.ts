import { gunzipSync } from 'node:zlib';
import type { Document } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { describe, expect, it } from 'vitest';
import { compress, LineBlob, readLineBlob, readShards, shardKey } from './shards.js';

const documents: Document[] = [
  {
    id: 'a#0',
    text: 'one\nline, "quoted" \u2028 and 😀',
    metadata: { url: 'http://example.org/', offset: 7 },
  },
  { id: 'a#1', text: '', metadata: {} },
  { id: 'b#0', text: 'x'.repeat(3000), metadata: { nested: [1, null, { a: true }] } },
];

async function all<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

describe('shards', () => {
  it('come back as they were written, in order', async () => {
    const store = new MemoryStore();
    const many = Array.from({ length: 50 }, (_, index) => ({
      ...documents[index % 3]!,
      id: `d${index}`,
    }));
    const blob = new LineBlob(5000);
    let shards = 0;
    for (const document of many) {
      blob.add(document);
      if (blob.isFull) await store.write(shardKey('out/data', shards++), blob.take());
    }
    if (!blob.isEmpty) await store.write(shardKey('out/data', shards++), blob.take());
    expect(shards).toBeGreaterThan(5);
    // Other artifacts of the stage are no shards.
    await store.write('out/data/dropped.jsonl.gz', compress('{"id":"no"}\n'));
    await store.write('out/data/report.json', new Uint8Array([123, 125]));
    expect(await all(readShards(store, 'out/data'))).toEqual(many);
  });

  it('that no data stage wrote are refused by name', async () => {
    const store = new MemoryStore();
    for (const content of ['{"id": "a"', 'null', '{"id": "a"}', '{"id": 1, "text": "x"}', '7']) {
      await store.write(shardKey('out', 0), compress(`${content}\n`));
      await expect(all(readShards(store, 'out'))).rejects.toMatchObject({ code: 'data/shard-damaged' });
    }
  });

  it('are JSON lines in gzip, the same bytes everywhere', () => {
    const blob = new LineBlob(1e9);
    expect(documents.map((document) => blob.add(document))).toEqual([105, 37, 3065]);
    expect(blob.isFull).toBe(false);
    const bytes = blob.take();
    expect(blob.isEmpty).toBe(true);
    const lines = gunzipSync(bytes).toString('utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as Document)).toEqual(documents);
    // RFC 1952: magic, deflate, no flags, no time, …, operating system unknown.
    expect([...bytes.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    expect(bytes[9]).toBe(255);
  });

  it('are full at the limit', () => {
    // '"aa"' and a line end are five units.
    const blob = new LineBlob(10);
    expect([blob.add('aa'), blob.isFull, blob.add('aa'), blob.isFull]).toEqual([5, false, 5, true]);
    expect(gunzipSync(blob.take()).toString()).toBe('"aa"\n"aa"\n');
    expect([blob.add('aa'), blob.isFull]).toEqual([5, false]);
    expect(gunzipSync(new LineBlob(1).take()).length).toBe(0);
  });

  it('that are missing or damaged are named', async () => {
    const store = new MemoryStore();
    await expect(all(readShards(store, 'none'))).rejects.toMatchObject({ code: 'core/artifact-missing' });
    const whole = compress(`${JSON.stringify(documents[2])}\n`);
    await store.write(shardKey('cut', 0), whole.subarray(0, whole.length - 9));
    await expect(all(readShards(store, 'cut'))).rejects.toMatchObject({ code: 'data/shard-damaged' });
    await store.write('empty', compress(''));
    expect(await all(readLineBlob(store, 'empty'))).toEqual([]);
  });
});
