/**
 * Substring deduplication in the pipeline against the tool of Lee et al.
 * (`tooling/oracles/data/substrings.py`) and against a table of all windows.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ArtifactStore, createRandom } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import type { SubstringDeduplication } from '../../deduplication/repeated-substrings.js';
import { phaseNames } from '../pipeline/phases.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { readShards } from '../pipeline/shards.js';

const fixture = JSON.parse(readFileSync(new URL('./fixtures/substrings.json', import.meta.url), 'utf8')) as {
  readonly texts: readonly string[];
  readonly results: readonly {
    readonly length: number;
    readonly ranges: readonly (readonly (readonly [number, number])[])[];
  }[];
};

const directory = mkdtempSync(join(tmpdir(), 'llm-substrings-'));
afterAll(() => rmSync(directory, { recursive: true }));
const random = createRandom(3, 'substrings');
const below = (count: number): number => random.uint32() % count;

function inputsOf(texts: readonly string[]) {
  const size = Math.ceil(texts.length / 2);
  return [0, 1].map((file) => {
    const path = join(directory, `${file}.jsonl`);
    const rows = texts.slice(file * size, (file + 1) * size);
    const lines = rows.map((text, row) => `${JSON.stringify({ id: `${file * size + row}`, text })}\n`);
    writeFileSync(path, lines.join(''));
    return { kind: 'jsonl' as const, path };
  });
}

function optionsOf(
  store: ArtifactStore,
  substrings: SubstringDeduplication,
  other: DeduplicationOptions = {},
) {
  const deduplication = { minhash: false, exact: false, ...other, substrings };
  const small = { segmentItems: 5, shardCharacters: 1500 };
  return { store, prefix: 'data', steps: [], pii: false, deduplication, ...small } as const;
}

/** Text of each document, undefined where it was dropped, and why. */
async function outcome(store: ArtifactStore, count: number) {
  const texts: (string | undefined)[] = Array.from({ length: count });
  for await (const { id, text } of readShards(store, 'data')) texts[Number(id)] = text;
  const rows = gunzipSync(await store.read('data/dropped.jsonl.gz'))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: string; step: string; reason: string; removedBytes?: number });
  return { texts, rows };
}

async function run(
  texts: readonly string[],
  substrings: SubstringDeduplication,
  other: DeduplicationOptions = {},
) {
  const store = new MemoryStore();
  const report = await runDataPipeline({ ...optionsOf(store, substrings, other), inputs: inputsOf(texts) });
  return { report, store, ...(await outcome(store, texts.length)) };
}

/** Characters whose bytes are all marked are left out. */
function without(text: string, isMarked: (byte: number) => boolean): string {
  let byte = 0;
  let rest = '';
  for (const character of text) {
    const end = byte + Buffer.byteLength(character);
    let marked = true;
    for (; byte < end; byte++) marked &&= isMarked(byte);
    if (!marked) rest += character;
  }
  return rest;
}

/** The same by a table of all windows. */
function naive(texts: readonly string[], length: number, keepFirst: boolean): string[] {
  const seen = new Map<string, [number, number][]>();
  for (const [document, text] of texts.entries()) {
    const bytes = Buffer.from(text).toString('latin1');
    for (let at = 0; at + length <= bytes.length; at++) {
      const window = bytes.slice(at, at + length);
      seen.set(window, [...(seen.get(window) ?? []), [document, at]]);
    }
  }
  const marked = texts.map((text) => new Uint8Array(Buffer.byteLength(text)));
  for (const places of seen.values()) {
    const [first, ...later] = places as [[number, number], ...[number, number][]];
    const repeats = keepFirst
      ? later.filter(([document, at]) => document !== first[0] || at >= first[1] + length)
      : places.length > 1
        ? places
        : [];
    for (const [document, at] of repeats) marked[document]!.fill(1, at, at + length);
  }
  return texts.map((text, document) => without(text, (byte) => marked[document]![byte] === 1));
}

/** Texts of few letters, so that stretches recur, with copies of stretches of others. */
function alikeTexts(count: number): string[] {
  const texts: string[] = [];
  const letters = ['a', 'b', 'é', '水', '😀', ' '];
  for (let index = 0; index < count; index++) {
    let text = '';
    while (text.length < 40 + below(200)) {
      const source = index > 0 && below(3) === 0 ? texts[below(index)]! : '';
      const start = below(source.length + 1);
      text += source.slice(start, start + below(120)) || letters[below(6)]!;
    }
    // No half of a pair.
    texts.push(Buffer.from(text).toString().replaceAll('\ufffd', ''));
  }
  return texts;
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
    const inputs = inputsOf(texts);
    const settings = { minimumBytes: 30, minimumWords: 0 };
    const others = { exact: true, sentences: { minimumWords: 0, minimumSentences: 0 } } as const;
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
    const inputs = inputsOf(['a b c', 'd e f']);
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
