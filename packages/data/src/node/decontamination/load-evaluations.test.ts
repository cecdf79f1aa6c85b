import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, describe, expect, it } from 'vitest';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { readShards } from '../pipeline/shards.js';
import type { DecontaminationOptions } from './load-evaluations.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-decontamination-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, rows: readonly unknown[]): string {
  const path = join(directory, name);
  const text = rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

const question =
  'A train leaves the harbour at noon and runs for three hours at sixty miles an hour. How far?';
const sums = file('sums.jsonl.gz', [
  { question: 'Short?', answer: 'No.' },
  '',
  { question, answer: 'It comes 180 miles far.' },
]);
const pages = file('pages.jsonl', [
  {
    id: 'clean',
    text: 'A train leaves the harbour at noon, and nobody knows how far it goes on that day or the next.',
  },
  { id: 'copied', text: `An exercise. ${question} It comes 180 miles far, of course.` },
]);

async function run(decontamination: DecontaminationOptions, workers?: number) {
  const store = new MemoryStore();
  const steps = workers === undefined ? [] : undefined;
  const inputs = [{ kind: 'jsonl', path: pages }] as const;
  const report = await runDataPipeline({ inputs, store, prefix: 'data', steps, workers, decontamination });
  const kept = [];
  for await (const document of readShards(store, 'data')) kept.push(document);
  const dropped = gunzipSync(await store.read('data/dropped.jsonl.gz')).toString();
  return {
    report,
    kept,
    dropped:
      dropped === ''
        ? []
        : dropped
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
  };
}

describe('a run that is told of evaluations', () => {
  const found = {
    contaminatedNgram: 'runs for three hours at sixty miles an hour how far it',
    contaminatedTask: 'sums',
    contaminatedRow: 3,
  };

  it.each([undefined, 1])(
    'drops what holds their rows, documents too that no filter sees (workers: %j)',
    { timeout: 60_000 },
    async (workers) => {
      const { report, kept, dropped } = await run({ evaluations: [sums] }, workers);
      expect(kept.map(({ id }) => id)).toEqual(['clean']);
      expect(dropped).toMatchObject([
        { id: 'copied', step: 'decontamination', reason: 'contaminated', ...found },
      ]);
      expect(report.funnel).toContainEqual({
        step: 'decontamination',
        entered: 2,
        left: 1,
        dropped: { contaminated: 1 },
      });
    },
  );

  it('or says so only', async () => {
    const { kept, dropped } = await run({ evaluations: [sums], action: 'report' });
    expect(dropped).toEqual([]);
    expect(kept.map(({ metadata }) => metadata.contaminatedTask)).toEqual([undefined, 'sums']);
    expect(kept[1]!.metadata).toMatchObject(found);
  });

  it('refuses evaluations that say nothing', async () => {
    const short = file('short.jsonl', [{ question: 'Short?', answer: 'No.' }]);
    const broken = file('broken.jsonl', [{ question, answer: 'Yes.' }, '{"question":']);
    const refused: readonly (readonly [DecontaminationOptions, string, string])[] = [
      [{ evaluations: [short] }, 'data/evaluation-empty', 'None of the 1 rows has 12 words'],
      [{ evaluations: [file('none.jsonl', [])] }, 'data/evaluation-empty', 'hold no row'],
      [{ evaluations: [broken] }, 'data/evaluation-unreadable', 'broken.jsonl:2'],
      [{ evaluations: [] }, 'data/decontamination-invalid', '`evaluations`'],
      [
        { evaluations: [sums], ngram: 5 } as DecontaminationOptions,
        'data/decontamination-invalid',
        '"ngram"',
      ],
      [{ evaluations: [sums], action: 'mark' as 'drop' }, 'core/option-invalid', 'action'],
    ];
    for (const [options, code, message] of refused)
      await expect(run(options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(run({ evaluations: [join(directory, 'not-there.jsonl')] })).rejects.toThrow(/not-there/);
  });
});
