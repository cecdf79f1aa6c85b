/**
 * Substring deduplication in the pipeline against the tool of Lee et al.
 * (`tooling/oracles/data/substrings.py`) and against a table of all windows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import type { SubstringDeduplication } from '../../deduplication/repeated-substrings.js';
import { phaseNames } from '../pipeline/phases.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import {
  alikeTexts,
  below,
  fixture,
  inputsOf,
  naive,
  optionsOf,
  outcome,
  without,
} from './fixtures/stretches.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-substrings-'));
afterAll(() => rmSync(directory, { recursive: true }));
async function run(
  texts: readonly string[],
  substrings: SubstringDeduplication,
  other: DeduplicationOptions = {},
) {
  const store = new MemoryStore();
  const report = await runDataPipeline({
    ...optionsOf(store, substrings, other),
    inputs: inputsOf(directory, texts),
  });
  return { report, store, ...(await outcome(store, texts.length)) };
}

describe('stretches that occur twice', () => {
  it.each(fixture.results)('of $length bytes are those of the suffix array', async ({ length, ranges }) => {
    const { texts, rows, report } = await run(fixture.texts, {
      minimumBytes: length,
      keep: 'none',
      minimumWords: 0,
    });
    const expected = fixture.texts.map((text, document) =>
      without(text, (byte) => ranges[document]!.some(([start, end]) => start <= byte && byte < end)),
    );
    expect(texts.map((text) => text ?? '')).toEqual(expected.map((text) => (text.trim() === '' ? '' : text)));
    expect(rows.every(({ step, reason }) => step === 'substrings' && reason === 'nothing-left')).toBe(true);
    expect(rows.length).toBe(expected.filter((text) => text.trim() === '').length);
    const [before, after] = [fixture.texts, expected].map((list) =>
      list.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    );
    expect(report.removed).toEqual({ sentences: 0, bytes: before! - after! });
  });

  it.each([8, 13, 40, 100])('of %i bytes are removed but once, or all', async (minimumBytes) => {
    const texts = alikeTexts(60);
    for (const keep of ['first', 'none'] as const) {
      const { texts: left } = await run(texts, { minimumBytes, keep, minimumWords: 0 });
      const expected = naive(texts, minimumBytes, keep === 'first');
      expect(left.map((text) => text ?? '')).toEqual(
        expected.map((text) => (text.trim() === '' ? '' : text)),
      );
    }
  });

  it('stay once where a stretch goes over into itself', async () => {
    const { texts } = await run(['='.repeat(1000), `${'ab'.repeat(300)}.`], {
      minimumBytes: 100,
      minimumWords: 0,
    });
    expect(texts).toEqual(['='.repeat(100), `${'ab'.repeat(50)}.`]);
  });

  it('leave documents of which enough is left', async () => {
    const words = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, index) => `word${from + index}`).join(' ');
    const texts = [words(0, 60), `${words(0, 60)} ${words(100, 130)}`, `${words(0, 60)} ${words(200, 255)}`];
    const { texts: left, rows } = await run(texts, {});
    // The third begins as the second: what the first has, and ` word` behind it.
    expect(left).toEqual([texts[0], undefined, words(200, 255).slice(4)]);
    expect(rows).toMatchObject([
      { id: '1', step: 'substrings', reason: 'few-words-left', removedBytes: 409 },
    ]);
  });

  it('are the same bytes for any number of ranks, whatever write a run crashes at', async () => {
    const texts = alikeTexts(40);
    const inputs = inputsOf(directory, texts);
    const settings = { minimumBytes: 30, minimumWords: 0 };
    const others = { exact: true, index: true, sentences: { minimumWords: 0, minimumSentences: 0 } } as const;
    const { store: expected, texts: left } = await run(texts, settings, others);
    expect(left.filter((text) => text !== undefined).length).toBeGreaterThan(20);
    const same = async (store: MemoryStore): Promise<void> => {
      expect(await store.list('')).toEqual(await expected.list(''));
      for (const key of await expected.list(''))
        expect(await store.read(key)).toEqual(await expected.read(key));
    };
    for (const world of [2, 5]) {
      const store = new MemoryStore();
      for (const phase of phaseNames)
        for (let rank = world - 1; rank >= 0; rank--)
          await runDataPipeline({ ...optionsOf(store, settings, others), inputs, rank, world, phase });
      await same(store);
    }
    class Crash extends Error {}
    class CrashingStore extends MemoryStore {
      writesLeft = Number.POSITIVE_INFINITY;
      override async write(key: string, bytes: Uint8Array): Promise<void> {
        if (this.writesLeft-- <= 0) throw new Crash();
        await super.write(key, bytes);
      }
    }
    for (let at = below(20); ; at += 1 + below(40)) {
      const store = new CrashingStore();
      store.writesLeft = at;
      try {
        await runDataPipeline({ ...optionsOf(store, settings, others), inputs });
        break;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
      store.writesLeft = Number.POSITIVE_INFINITY;
      await runDataPipeline({ ...optionsOf(store, settings, others), inputs });
      await same(store);
    }
  });

  it('need the phases before', async () => {
    const inputs = inputsOf(directory, ['a b c', 'd e f']);
    const store = new MemoryStore();
    const share = (phase: (typeof phaseNames)[number]) =>
      runDataPipeline({ ...optionsOf(store, {}), inputs, phase });
    await expect(share('seeds')).rejects.toMatchObject({ code: 'data/phase-too-early' });
    for (const phase of ['pages', 'merge', 'buckets', 'clusters', 'seeds'] as const) await share(phase);
    await expect(share('windows')).rejects.toMatchObject({
      code: 'data/phase-too-early',
      message: expect.stringContaining('"seeds-repeats"'),
    });
    await expect(share('corpus')).rejects.toMatchObject({ code: 'data/phase-too-early' });
  });
});
