import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Document, RunEvent } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import { httpResponse, warcGzip } from '../../archive/fixtures/warc-records.js';
import type { Page } from '../../page/page.js';
import type { PageStep } from '../../page/page-step.js';
import { drop, keep } from '../../page/verdict.js';
import { fineWebSteps } from '../../pipeline/fineweb-steps.js';
import type { DataInput } from '../inputs/data-input.js';
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
  it('ends with an error where no page came to a step, unless it may idle', async () => {
    const path = join(directory, 'unseen.jsonl');
    writeFileSync(path, '{"text":"one"}\n{"text":"two"}\n');
    const htmlOnly: PageStep = {
      ...{ name: 'html-only', run: () => keep },
      applies: ({ contentType }) => contentType === 'text/html',
    };
    const store = new MemoryStore();
    const run = async (step: PageStep, options: Partial<Parameters<typeof runDataPipeline>[0]> = {}) => {
      const codes: string[] = [];
      const onEvent = (event: RunEvent): void => void (event.type === 'warning' && codes.push(event.code));
      const inputs = [{ kind: 'jsonl', path, quality: 'filter' } as const];
      const steps: PageStep[] = [{ name: 'all', run: () => keep }, step];
      const report = await runDataPipeline({ inputs, steps, onEvent, store, prefix: 'data', ...options });
      return [report?.kept, ...codes];
    };
    await expect(run(htmlOnly)).rejects.toMatchObject({
      code: 'data/step-saw-nothing',
      message: expect.stringMatching(/^html-only: of 2 pages none .* The output is whole/),
    });
    // It is, and the same error comes again without any work.
    expect(await store.has('data/shard-00000.jsonl.gz')).toBe(true);
    await expect(run(htmlOnly)).rejects.toMatchObject({ code: 'data/step-saw-nothing' });
    expect(await run(htmlOnly, { idleSteps: 'warn' })).toEqual([2, 'data/step-saw-nothing']);
    expect(await run({ ...htmlOnly, mayIdle: true })).toEqual([2, 'data/step-saw-nothing']);
  });

  it('refuses steps that no input would reach, before any work', async () => {
    const path = join(directory, 'kept.jsonl');
    writeFileSync(path, '{"text":"one"}\n');
    const store = new MemoryStore();
    const run = (steps: PageStep[] | undefined, quality?: 'filter') =>
      runDataPipeline({ inputs: [{ kind: 'jsonl', path, quality }], steps, store, prefix: 'data' });
    await expect(run([{ name: 'mine', run: () => keep }])).rejects.toMatchObject({
      code: 'data/step-saw-nothing',
      message: expect.stringMatching(/^mine: no document would come .*quality: 'filter'/),
    });
    expect(await store.list('')).toEqual([]);
    await expect(run([])).resolves.toMatchObject({ kept: 1 });
    await expect(run([{ name: 'mine', run: () => keep }], 'filter')).resolves.toMatchObject({ kept: 1 });
  });

  it("deletes no file that no run of ours wrote, and takes an earlier run's place", async () => {
    const path = join(directory, 'small.jsonl');
    writeFileSync(path, '{"text":"one"}\n');
    const store = new MemoryStore();
    const bytes = new TextEncoder().encode('somebody else');
    await store.write('data/shard-00000.jsonl.gz', bytes);
    await store.write('data/dropped-notes.txt', bytes);
    const run = (shardCharacters?: number) =>
      runDataPipeline({
        inputs: [{ kind: 'jsonl', path }],
        steps: [],
        store,
        prefix: 'data',
        shardCharacters,
      });
    await expect(run()).rejects.toMatchObject({ code: 'data/output-foreign' });
    expect(await store.list('')).toEqual(['data/dropped-notes.txt', 'data/shard-00000.jsonl.gz']);
    await store.delete('data/shard-00000.jsonl.gz');
    await run();
    await run(50);
    expect(await store.read('data/dropped-notes.txt')).toEqual(bytes);
    // Cut off while the old run went: whose the rest is, stays known.
    await store.delete('data/report.json');
    await store.write('data/work/0123456789abcdef/claim.json', bytes);
    await expect(run()).resolves.toMatchObject({ kept: 1 });
    // The power went while the report was written: nothing, zeros or its beginning are left of it.
    const report = await store.read('data/report.json');
    for (const left of [report.subarray(0, 0), new Uint8Array(20), report.subarray(0, 40)]) {
      await store.write('data/report.json', left);
      await expect(run()).resolves.toMatchObject({ kept: 1 });
    }
    await store.write('data/report.json', bytes);
    await expect(run()).rejects.toMatchObject({ code: 'data/output-foreign' });
  });

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
        { url: 'http://example.org/porn', block: good },
      ]),
    );
    const store = new MemoryStore();
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

  it('resumes, counts and reports a step of the user as its own', async () => {
    const inputs: DataInput[] = ['one', 'two'].map((name) => {
      const path = join(directory, `${name}.warc.gz`);
      const block = httpResponse(article(name, [...paragraphs.slice(1), `This page is number ${name}.`]));
      const lorem = httpResponse(
        article(name, [...paragraphs, 'Lorem ipsum stands here until it is written.']),
      );
      writeFileSync(path, warcGzip([{ url: `http://example.org/${name}`, block }, { block: lorem }]));
      return { kind: 'warc', path };
    });
    const seen: string[] = [];
    const ownFilter: PageStep = {
      name: 'own-filter',
      options: { word: 'Lorem' },
      run: async (page) => {
        seen.push(page.url);
        return page.text.includes('Lorem') ? drop('placeholder') : { kind: 'keep', metadata: { own: true } };
      },
    };
    const options = {
      inputs,
      prefix: 'data',
      steps: [...fineWebSteps({ language: false, c4: false }), ownFilter],
      deduplication: false,
    } as const;
    const whole = new MemoryStore();
    const report = await runDataPipeline({ ...options, store: whole });
    expect(seen).toHaveLength(4);
    expect(report.funnel.map(({ step }) => step)).toEqual([
      'reader',
      'url',
      'repair',
      'extraction',
      'gopher-repetition',
      'gopher-quality',
      'fineweb',
      'own-filter',
    ]);
    expect(report.funnel.at(-1)).toMatchObject({ entered: 4, left: 2, dropped: { placeholder: 2 } });
    const dropped = gunzipSync(await whole.read('data/dropped.jsonl.gz'))
      .toString()
      .trim()
      .split('\n');
    expect(dropped.map((line) => JSON.parse(line))).toMatchObject([
      { id: 'one.warc.gz#1', step: 'own-filter', reason: 'placeholder' },
      { id: 'two.warc.gz#1', step: 'own-filter', reason: 'placeholder' },
    ]);
    for await (const document of readShards(whole, 'data')) expect(document.metadata.own).toBe(true);

    // Killed in the second file, the run goes on there, and ends with the same bytes.
    const store = new MemoryStore();
    const stop = new AbortController();
    const killed = {
      ...ownFilter,
      run: (page: Page) => {
        if (page.url.endsWith('two')) stop.abort();
        return ownFilter.run(page);
      },
    };
    const steps = [...options.steps.slice(0, -1), killed];
    const events: RunEvent[] = [];
    await expect(runDataPipeline({ ...options, steps, store, signal: stop.signal })).rejects.toThrow();
    seen.length = 0;
    await runDataPipeline({ ...options, store, onEvent: (event) => events.push(event) });
    expect(seen).toHaveLength(2);
    const keys = await whole.list('');
    expect(await store.list('')).toEqual(keys);
    for (const key of keys) expect(Buffer.compare(await store.read(key), await whole.read(key))).toBe(0);
    const times = events.findLast((event) => event.type === 'metric');
    expect(times?.values['seconds/own-filter']).toBeGreaterThanOrEqual(0);
    expect(times?.values['seconds/reader']).toBeGreaterThanOrEqual(0);

    // Finished, it is not run again, unless the step says that it is another one.
    seen.length = 0;
    expect(await runDataPipeline({ ...options, store })).toEqual(report);
    expect(seen).toEqual([]);
    const changed = [...options.steps.slice(0, -1), { ...ownFilter, version: 2 }];
    await runDataPipeline({ ...options, steps: changed, store });
    expect(seen).toHaveLength(4);
  });

  it('says of empty files that they hold nothing', async () => {
    const inputs = (['warc', 'jsonl', 'text'] as const).map((kind): DataInput => {
      const path = join(directory, `empty.${kind}`);
      writeFileSync(path, '');
      return { kind, path };
    });
    const run = runDataPipeline({ inputs, store: new MemoryStore(), prefix: 'data', steps: [] });
    await expect(run).rejects.toMatchObject({ code: 'data/corpus-empty', details: { pages: 0 } });
  });

  it('refuses a step with a name that is taken before any work', async () => {
    const path = join(directory, 'pages.warc.gz');
    const store = new MemoryStore();
    for (const name of ['reader', 'minhash', 'url']) {
      const steps = [...fineWebSteps({ language: false }), { name, run: () => keep }];
      const run = runDataPipeline({ inputs: [{ kind: 'warc', path }], store, prefix: 'data', steps });
      await expect(run).rejects.toMatchObject({ code: 'data/step-name-taken' });
    }
    expect(await store.list('')).toEqual([]);
  });
});
