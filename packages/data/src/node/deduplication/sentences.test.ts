/** Sentence deduplication in the pipeline against datatrove 0.10.1 (`tooling/oracles/data/sentences.py`). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import type { SentenceDeduplication } from '../../deduplication/sentence-spans.js';
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
};

const directory = mkdtempSync(join(tmpdir(), 'llm-sentences-'));
afterAll(() => rmSync(directory, { recursive: true }));

function ours({ options }: DatatroveResult): SentenceDeduplication {
  return {
    sentencesPerSpan: options.n_sentences as number | undefined,
    unit: options.split_sentences === false ? 'lines' : undefined,
    minimumWords: options.min_doc_words as number | undefined,
    minimumSentences: options.min_num_sentences as number | undefined,
  };
}

const sentencesAlone = { minhash: false, exact: false } as const;

async function run(texts: readonly string[], deduplication: DeduplicationOptions, world = 1) {
  const size = Math.ceil(texts.length / 3);
  const inputs = [0, 1, 2].map((file) => {
    const path = join(directory, `${file}.jsonl`);
    const rows = texts.slice(file * size, (file + 1) * size);
    const lines = rows.map((text, row) => `${JSON.stringify({ id: `${file * size + row}`, text })}\n`);
    writeFileSync(path, lines.join(''));
    return { kind: 'jsonl' as const, path };
  });
  const store = new MemoryStore();
  const options = { inputs, store, prefix: 'data', steps: [], pii: false, deduplication } as const;
  const small = { segmentItems: 7, shardCharacters: 5000 };
  for (const phase of world === 1 ? [] : phaseNames)
    for (let rank = world - 1; rank >= 0; rank--)
      await runDataPipeline({ ...options, ...small, rank, world, phase });
  const report = await runDataPipeline({ ...options, ...small });
  const kept = new Map<string, string>();
  for await (const { id, text } of readShards(store, 'data')) kept.set(id, text);
  const dropped = gunzipSync(await store.read('data/dropped.jsonl.gz'))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: string; step: string; reason: string });
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
