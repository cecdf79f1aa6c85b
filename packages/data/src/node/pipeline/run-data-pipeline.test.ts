import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Document } from '@llm/core';
import { MemoryArtifactStore } from '@llm/core/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { httpResponse, warcGzip } from '../../archive/fixtures/warc-records.js';
import { runDataPipeline } from './run-data-pipeline.js';
import { readShards } from './shards.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-data-'));
afterAll(() => rmSync(directory, { recursive: true }));

const paragraphs = [
  'The old harbour of the town was built with stones that were carried down the river by boat, and many of them have names of the builders on their lower side.',
  'Every spring the fishermen paint the doors of their huts in the colours that their grandparents chose, so that each family can be told from far out on the water.',
  'A small museum beside the lighthouse shows nets, lamps and letters, and on Sundays a retired captain explains to the visitors how the harbour bell was cast.',
  'In winter the water is quiet, the cranes are covered with canvas, and the only sound is the wind that moves the ropes against the masts of the three boats that stay.',
  'People say that whoever hears the bell twice in one night will return to the town, and most of those who tell this story did come back.',
];
const article = (title: string, lines: readonly string[]): string =>
  `<html><head><title>${title}</title></head><body><nav><a href="/">Home</a> <a href="/a">About</a></nav><article><h1>${title}</h1>` +
  `${lines.map((line) => `<p>${line}</p>`).join('')}</article><footer>All rights reserved by us</footer></body></html>`;

describe('runDataPipeline', () => {
  it('accounts for every record and keeps the good page once', async () => {
    const path = join(directory, 'pages.warc.gz');
    const good = httpResponse(article('The harbour', paragraphs));
    writeFileSync(
      path,
      warcGzip([
        { type: 'warcinfo', block: 'software: test\r\n' },
        { type: 'request', block: 'GET / HTTP/1.1\r\n\r\n' },
        { url: 'http://example.org/harbour', block: good },
        { url: 'http://mirror.example.com/harbour', block: good },
        {
          url: 'http://example.org/missing',
          block: httpResponse('gone', 'Content-Type: text/html', '404 Not Found'),
        },
        { url: 'http://example.org/picture', block: httpResponse('x', 'Content-Type: image/png') },
        { url: 'http://example.org/casino', block: good },
      ]),
    );
    const store = new MemoryArtifactStore();
    const report = await runDataPipeline({ inputs: [{ kind: 'warc', path }], store, prefix: 'data' });
    expect(report).toMatchObject({
      pages: 5,
      kept: 1,
      dropped: { 'http-status': 1, 'not-html': 1, hard_blacklisted: 1, duplicate: 1 },
      records: { request: 1, response: 5, warcinfo: 1 },
    });
    const documents: Document[] = [];
    for await (const document of readShards(store, 'data')) documents.push(document);
    expect(documents).toHaveLength(1);
    expect(documents[0]?.text).toBe(['The harbour', ...paragraphs].slice(1).join('\n'));
    expect(documents[0]?.metadata).toMatchObject({ url: 'http://example.org/harbour', language: 'en' });
    const dropped = gunzipSync(await store.read('data/dropped.jsonl.gz'))
      .toString()
      .trim()
      .split('\n');
    expect(dropped.map((line) => (JSON.parse(line) as { reason: string }).reason).sort()).toEqual(
      ['duplicate', 'hard_blacklisted', 'http-status', 'not-html'].sort(),
    );
    expect(await store.list('data/work/')).toEqual([]);
  });
});
