/** Sentence deduplication in the pipeline against datatrove 0.10.1 (`tooling/oracles/data/sentences.py`). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ArtifactStore } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import { type SentenceDeduplication, spanKeys } from '../../deduplication/sentence-spans.js';
import { phaseNames } from '../pipeline/phases.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { readShards } from '../pipeline/shards.js';

interface DatatroveResult {
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly kept: readonly number[];
  /** Text of the documents that are kept and not as they were. */
  readonly changed: Readonly<Record<string, string>>;
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/sentences.json', import.meta.url), 'utf8')) as {
  readonly texts: readonly string[];
  readonly results: readonly DatatroveResult[];
  /** The texts from here on, against an index of those before. */
  readonly earlier: number;
  readonly earlierResults: readonly DatatroveResult[];
};

interface DroppedRow {
  readonly id: string;
  readonly step: string;
  readonly reason: string;
  readonly match?: string;
  readonly matchIn?: string;
  readonly matchSpans?: number;
  readonly earlierSpans?: number;
}

const directory = mkdtempSync(join(tmpdir(), 'llm-sentences-'));
afterAll(() => rmSync(directory, { recursive: true }));

function ours({ options }: DatatroveResult): SentenceDeduplication {
  return {
    sentencesPerSpan: options.n_sentences as number | undefined,
    unit: options.split_sentences === false ? 'lines' : undefined,
    minimumWords: options.min_doc_words as number | undefined,
    minimumSentences: options.min_num_sentences as number | undefined,
    onlyEarlier: options.only_dedup_in_index as boolean | undefined,
  };
}

const sentencesAlone = { minhash: false, exact: false } as const;

async function run(
  texts: readonly string[],
  deduplication: DeduplicationOptions,
  world = 1,
  { store = new MemoryStore() as ArtifactStore, prefix = 'data', name = '' } = {},
) {
  const size = Math.ceil(texts.length / 3);
  const inputs = [0, 1, 2].map((file) => {
    const path = join(directory, `${prefix.replaceAll('/', '-')}-${file}.jsonl`);
    const rows = texts.slice(file * size, (file + 1) * size);
    const lines = rows.map((text, row) => `${JSON.stringify({ id: `${name}${file * size + row}`, text })}\n`);
    writeFileSync(path, lines.join(''));
    return { kind: 'jsonl' as const, path };
  });
  const options = { inputs, store, prefix, steps: [], pii: false, deduplication } as const;
  const small = { segmentItems: 7, shardCharacters: 5000 };
  for (const phase of world === 1 ? [] : phaseNames)
    for (let rank = world - 1; rank >= 0; rank--)
      await runDataPipeline({ ...options, ...small, rank, world, phase });
  const report = await runDataPipeline({ ...options, ...small });
  const kept = new Map<string, string>();
  for await (const { id, text } of readShards(store, prefix)) kept.set(id, text);
  const dropped = gunzipSync(await store.read(`${prefix}/dropped.jsonl.gz`))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DroppedRow);
  return { report, kept, dropped, store };
}

const { texts } = fixture;

describe('sentences that came before', () => {
  it.each(fixture.results)('are those that datatrove removes: $options', async (result) => {
    const { kept, dropped, report } = await run(texts, { ...sentencesAlone, sentences: ours(result) });
    expect([...kept]).toEqual(
      result.kept.map((index) => [String(index), result.changed[index] ?? texts[index]!]),
    );
    const isDropped = (_: string, index: number): boolean => !result.kept.includes(index);
    expect(dropped.map(({ id }) => texts[Number(id)])).toEqual(texts.filter(isDropped));
    expect(dropped.every(({ step }) => step === 'sentences')).toBe(true);
    expect(report.removed!.sentences).toBeGreaterThan(10);
    expect(report.funnel.at(-1)).toMatchObject({ step: 'sentences', entered: texts.length, left: kept.size });
  });

  it('are looked for among the documents that are no duplicates, whoever does it', async () => {
    const long = texts.find((text) => text.length > 300)!;
    // The first copy is dropped with its address: the second is the first of its sentences.
    const rows = [`${long} One more.`, long, long, ...texts];
    const one = await run(rows, { exact: true, minhash: true, sentences: true });
    expect(one.dropped.filter(({ step }) => step === 'minhash').length).toBeGreaterThan(1);
    for (const world of [2, 5]) {
      const { store } = await run(rows, { exact: true, minhash: true, sentences: true }, world);
      for (const key of await one.store.list(''))
        expect(await store.read(key)).toEqual(await one.store.read(key));
    }
  });

  it('refuses what it does not know', async () => {
    const wrong = [{ sentences: { sentencesPerSpan: 0 } }, { sentences: { unit: 'words' } }] as const;
    for (const options of wrong)
      await expect(run(['a'], options as DeduplicationOptions)).rejects.toMatchObject({
        code: 'core/option-invalid',
      });
    const strange = run(['a'], { sentences: { span: 3 } as object });
    await expect(strange).rejects.toMatchObject({ code: 'data/deduplication-invalid' });
  });
});

describe('sentences that an earlier crawl has', () => {
  const old = texts.slice(0, fixture.earlier);
  const now = texts.slice(fixture.earlier);
  const oldRun = { prefix: 'crawls/old', name: 'old-' };

  it.each(fixture.earlierResults)('are those that datatrove removes: $options', async (result) => {
    const store = new MemoryStore();
    const { onlyEarlier, ...making } = ours(result);
    await run(old, { ...sentencesAlone, sentences: making, index: true }, 1, { ...oldRun, store });
    const options = { ...sentencesAlone, sentences: ours(result), earlier: ['crawls/old'] };
    const { kept, report } = await run(now, options, 1, { store });
    expect([...kept]).toEqual(
      result.kept.map((index) => [String(index), result.changed[index] ?? now[index]!]),
    );
    expect(report.removed!.earlierSpans!['crawls/old']).toBeGreaterThan(10);
    // Each key once, ascending.
    const unique = new Set<string>();
    for (const text of old) {
      const { high, low, places } = spanKeys(text, making);
      for (const place of places) unique.add(`${high[place]} ${low[place]}`);
    }
    const index = JSON.parse(Buffer.from(await store.read('crawls/old/index/index.json')).toString());
    expect(index.sentences.spans).toBe(unique.size);
  });

  const [a, b, c, d] = [
    'The mill is old.',
    'It stands by the river.',
    'Nobody grinds there.',
    'A bell rings.',
  ];
  const sentences = { sentencesPerSpan: 1, minimumWords: 4, minimumSentences: 1 };
  const asked = { ...sentencesAlone, sentences };

  it('are named with the document and the crawl that have most of them', async () => {
    const store = new MemoryStore();
    await run([`${a} ${d}`], { ...asked, index: true }, 1, { store, prefix: 'older', name: 'older-' });
    const options = { ...asked, index: true, earlier: ['older'] };
    await run([`${a} Who knows?`, `${b} ${c}`], options, 1, { ...oldRun, store });
    const both = { ...asked, earlier: ['older', 'crawls/old'] };
    const rows = [`${a} ${b} ${c} So.`, `${c} Here is something that is new.`, `${a}`, 'So. Ah. Oh.'];
    const { kept, dropped, report } = await run(rows, both, 1, { store });
    // The fourth loses what the first began with, which came before it in this crawl.
    expect([...kept]).toEqual([
      ['1', 'Here is something that is new.'],
      ['3', 'Ah. Oh.'],
    ]);
    expect(dropped[0]).toMatchObject({
      ...{ id: '0', step: 'sentences', reason: 'few-words-left', earlierSpans: 3 },
      ...{ match: 'old-1', matchIn: 'crawls/old', matchSpans: 2 },
    });
    expect(dropped[1]).toMatchObject({ id: '2', reason: 'nothing-left', match: 'older-0', matchIn: 'older' });
    expect(report.removed).toMatchObject({ earlierSpans: { older: 2, 'crawls/old': 3 } });
  });

  it('are the same bytes, and the same index, whoever does it', async () => {
    const both = async (world: number): Promise<MemoryStore> => {
      const store = new MemoryStore();
      const options = { exact: true, minhash: true, sentences: true, index: true };
      await run([...old, texts[3]!], options, world, { ...oldRun, store });
      await run(now, { ...options, earlier: ['crawls/old'] }, world, { store });
      return store;
    };
    const one = await both(1);
    const keys = await one.list('');
    expect(keys.some((key) => key.startsWith('data/index/sentences/'))).toBe(true);
    for (const world of [2, 5]) {
      const store = await both(world);
      expect(await store.list('')).toEqual(keys);
      for (const key of keys) expect(await store.read(key)).toEqual(await one.read(key));
    }
  });

  it('are looked for again when that crawl is another', async () => {
    const store = new MemoryStore();
    const rows = [`${a} ${b} So it was, and is.`];
    const texts: string[] = [];
    for (const old of [a!, b!]) {
      await run([old], { ...asked, index: true }, 1, { ...oldRun, store });
      texts.push(...(await run(rows, { ...asked, earlier: ['crawls/old'] }, 1, { store })).kept.values());
    }
    expect(texts).toEqual([`${b} So it was, and is.`, `${a} So it was, and is.`]);
  });

  it('may lie in a folder elsewhere', async () => {
    const elsewhere = new DirectoryStore(join(directory, 'elsewhere'));
    await run([a!, `${b} ${c}`], { ...asked, index: true }, 1, { ...oldRun, store: elsewhere });
    const place = join(directory, 'elsewhere', 'crawls', 'old');
    const { dropped } = await run([`${c} So.`, d!], { ...asked, earlier: [place] });
    expect(dropped).toMatchObject([{ id: '0', match: 'old-1', matchIn: place }]);
  });

  it('are refused where the index is of other settings, or has none', async () => {
    const store = new MemoryStore();
    await run([a!], { ...asked, index: true }, 1, { ...oldRun, store });
    await run([a!], { index: true }, 1, { store, prefix: 'documents' });
    const refused = [
      [
        { ...sentencesAlone, sentences: true, earlier: ['crawls/old'] },
        'data/index-other',
        /sentencesPerSpan/,
      ],
      [{ sentences, earlier: ['crawls/old'] }, 'data/index-other', /has no keys of "minhash"/],
      [{ sentences: true, earlier: ['documents'] }, 'data/index-other', /has no sentences/],
      [{ url: true, earlier: ['documents'] }, 'data/index-other', /has no keys of "url"/],
      [{ ...asked, earlier: ['nowhere'] }, 'data/index-missing', /nowhere\/index/],
      [{ ...asked, earlier: [join(directory, 'nowhere')] }, 'data/index-missing', /nowhere\/index/],
      [{ sentences: { onlyEarlier: true } }, 'data/deduplication-invalid', /onlyEarlier/],
      [{ ...sentencesAlone, index: true }, 'data/deduplication-invalid', /nothing to compare by/],
    ] as const;
    for (const [options, code, message] of refused) {
      const error = await run(['So.'], options, 1, { store }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    expect(await store.list('data/')).toEqual([]);
  });
});
