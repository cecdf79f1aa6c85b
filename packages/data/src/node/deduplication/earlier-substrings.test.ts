/**
 * Stretches of bytes that an earlier crawl has, against the tool of Lee et al. and a table of all windows,
 * both over the texts of the two crawls one behind the other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import type { SubstringDeduplication } from '../../deduplication/repeated-substrings.js';
import { phaseNames } from '../pipeline/phases.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { alikeTexts, fixture, inputsOf, naive, optionsOf, outcome, without } from './fixtures/stretches.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-earlier-substrings-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('stretches that an earlier crawl has', () => {
  // Nothing of these texts is dropped as a whole: no page has an address.
  const apart = { url: true } as const;

  /** The store with the first texts as an earlier crawl, and what is left of the others. */
  async function runLater(
    [old, now]: readonly [readonly string[], readonly string[]],
    substrings: SubstringDeduplication,
    world = 1,
  ) {
    const store = new MemoryStore();
    const small = { ...optionsOf(store, substrings), shardCharacters: 700 };
    const index = { ...small.deduplication, ...apart, substrings: false, index: true };
    await runDataPipeline({
      ...{ ...small, prefix: 'old', deduplication: index },
      inputs: inputsOf(directory, old),
    });
    const later = { ...small, deduplication: { ...small.deduplication, ...apart, earlier: ['old'] } };
    const inputs = inputsOf(directory, now);
    for (const phase of world === 1 ? [] : phaseNames)
      for (let rank = world - 1; rank >= 0; rank--)
        await runDataPipeline({ ...later, inputs, rank, world, phase });
    const report = await runDataPipeline({ ...later, inputs });
    return { store, report, ...(await outcome(store, now.length)) };
  }

  const emptied = (texts: readonly (string | undefined)[]): string[] =>
    texts.map((text) => (text === undefined || text.trim() === '' ? '' : text));

  it.each(fixture.results)('of $length bytes are those of the suffix array', async ({ length, ranges }) => {
    const half = fixture.texts.length >> 1;
    const parts = [fixture.texts.slice(0, half), fixture.texts.slice(half)] as const;
    const { texts } = await runLater(parts, { minimumBytes: length, keep: 'none', minimumWords: 0 });
    const expected = parts[1].map((text, document) =>
      without(text, (byte) => ranges[half + document]!.some(([start, end]) => start <= byte && byte < end)),
    );
    expect(emptied(texts)).toEqual(emptied(expected));
    expect(expected).not.toEqual(parts[1]);
  });

  it.each([8, 13, 40])('of %i bytes go, whatever comes later', async (minimumBytes) => {
    const texts = alikeTexts(60);
    for (const keep of ['first', 'none'] as const) {
      const parts = [texts.slice(0, 25), texts.slice(25)] as const;
      const later = await runLater(parts, { minimumBytes, keep, minimumWords: 0 });
      expect(emptied(later.texts)).toEqual(emptied(naive(texts, minimumBytes, keep === 'first').slice(25)));
    }
  });

  it('are the same bytes for any number of ranks, and the earlier crawl is not touched', async () => {
    const texts = alikeTexts(50);
    const parts = [texts.slice(0, 20), texts.slice(20)] as const;
    const settings = { minimumBytes: 30, minimumWords: 0 };
    const one = await runLater(parts, settings);
    const alone = await runLater([parts[0], ['one text']], settings);
    const olds = await alone.store.list('old/');
    expect(await one.store.list('old/')).toEqual(olds);
    for (const key of olds) expect(await one.store.read(key)).toEqual(await alone.store.read(key));
    for (const world of [2, 5]) {
      const { store } = await runLater(parts, settings, world);
      expect(await store.list('')).toEqual(await one.store.list(''));
      for (const key of await store.list(''))
        expect(await store.read(key)).toEqual(await one.store.read(key));
    }
  });

  it('need the shards of that crawl', async () => {
    const store = new MemoryStore();
    const options = optionsOf(store, { minimumBytes: 30, minimumWords: 0 });
    const { deduplication } = options;
    const inputs = inputsOf(directory, alikeTexts(20));
    await runDataPipeline({
      ...{ ...options, inputs, prefix: 'old', deduplication: { ...deduplication, index: true } },
    });
    const later = { ...options, inputs, deduplication: { ...deduplication, earlier: ['old'] } };
    await store.delete('old/shard-00001.jsonl.gz');
    await expect(runDataPipeline(later)).rejects.toMatchObject({
      code: 'data/index-other',
      message: expect.stringContaining('old/shard-00001.jsonl.gz'),
    });
    expect(await store.list('data/')).toEqual([]);
  });
});
