import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { readShards } from '@llm/data/node';
import { afterAll, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { resolveOptions } from '../flags.js';
import { captureOutput } from '../testing/captured-output.js';
import { cleaningOf } from './cleaning.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-cleaning-'));
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, rows: readonly object[]): string {
  const path = join(directory, name);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

const question =
  'A train leaves the harbour at noon and runs for three hours at sixty miles an hour. How far?';
const evaluation = write('sums.jsonl', [{ question, answer: 'It comes 180 miles far.' }]);
const sentences = Array.from(
  { length: 12 },
  (_, index) =>
    `The ${['old', 'new', 'low'][index % 3]} harbour number ${'abcdefghijkl'[index]} has boats and stones.`,
);
const pages = write('pages.jsonl', [
  { text: sentences.join(' '), url: 'http://example.org/a' },
  {
    text: `${sentences.slice(0, 3).join(' ')} ${sentences.slice(4, 12).reverse().join(' ')}`,
    url: 'http://example.org/b',
  },
  { text: 'Something else was here before, and nobody knows what it was.', url: 'http://example.org/a' },
  { text: `As they ask: ${question} It comes 180 miles far.`, url: 'http://example.org/c' },
]);

async function llm(...parameters: string[]): Promise<{ code: number; text: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, text: output.out() + output.err() };
}

test('repeats and evaluations are kept out as the flags say, and the run remembers them', {
  timeout: 120_000,
}, async () => {
  const run = join(directory, 'run');
  const { code, text } = await llm(
    ...['data', '--jsonl', pages, '--run', run, '--preset', 'smoke'],
    ...['--deduplicate', 'url', 'sentences', '--decontaminate', evaluation, '--ngram', '8'],
  );
  expect(text).toContain('kept 2 of 4');
  expect(code).toBe(0);
  const report = JSON.parse(readFileSync(join(run, 'data', 'report.json'), 'utf8'));
  expect(report.dropped).toEqual({ contaminated: 1, 'same-url': 1 });
  expect(report.removed).toEqual({ sentences: 3, bytes: 0 });
  const texts: string[] = [];
  for await (const document of readShards(new DirectoryStore(run), 'data')) texts.push(document.text);
  expect(texts).toEqual([sentences.join(' '), sentences.slice(4, 12).reverse().join(' ')]);
  // Again without the flags: the run is done as it was asked for.
  expect((await llm('data', '--run', run)).text).toContain('data: done before');
});

test('flags become options of the data stage, and those of a run stay', async () => {
  expect((await resolveOptions({}, undefined)).cleaning).toBeUndefined();
  expect(cleaningOf(undefined)).toEqual({ deduplication: undefined, decontamination: undefined });
  const first = await resolveOptions({ deduplicate: ['substrings'], decontaminate: [evaluation] }, undefined);
  const { cleaning } = await resolveOptions({ ngramQuestions: true }, first);
  expect(cleaningOf(cleaning)).toEqual({
    deduplication: { minhash: false, exact: false, url: false, sentences: false, substrings: true },
    decontamination: { evaluations: [evaluation], wordsPerNgram: undefined, questions: true },
  });
  const none = await resolveOptions({ deduplicate: ['none'] }, undefined);
  expect(cleaningOf(none.cleaning).deduplication).toBe(false);
});

test('what an earlier run has goes, sentences too, and the run says where they were', {
  timeout: 120_000,
}, async () => {
  const [old, now] = [join(directory, 'old'), join(directory, 'now')];
  const kinds = ['--preset', 'smoke', '--deduplicate', 'exact', 'sentences'];
  const few = { text: `Well. ${sentences.slice(0, 4).join(' ')}` };
  const others = [0, 1].flatMap((half) => sentences.filter((_, index) => index % 2 === half));
  const later = write('later.jsonl', [few, { text: others.join(' ') }]);
  expect((await llm('data', '--jsonl', pages, '--run', old, '--keep-index', ...kinds)).code).toBe(0);
  const { code, text } = await llm('data', '--jsonl', later, '--run', now, '--earlier', old, ...kinds);
  expect(text).toContain('kept 1 of 2');
  expect(code).toBe(0);
  const report = JSON.parse(readFileSync(join(now, 'data', 'report.json'), 'utf8'));
  expect(report.removed.earlierSpans).toEqual({ [join(old, 'data')]: 2 });
  const explained = await llm('data', 'explain', 'later.jsonl#0', '--run', now);
  expect(explained.text).toContain(`pages.jsonl#0 of ${join(old, 'data')}`);
  expect((await llm('data', '--run', now)).text).toContain('data: done before');
  // Another crawl under the same name is noticed; one that is gone is not needed any more.
  const index = join(old, 'data', 'index', 'index.json');
  writeFileSync(index, readFileSync(index, 'utf8').replace(/"run":"[^"]*"/, '"run":"another"'));
  expect((await llm('data', '--run', now)).text).toContain('has begun with other options or input');
  rmSync(index);
  expect((await llm('data', '--run', now)).text).toContain('data: done before');
  const other = await llm('data', '--jsonl', later, '--run', now, '--earlier', pages, ...kinds);
  expect(other.text).toContain('--keep-index');
});

test('flags without effect are refused', async () => {
  const refused = [
    ...([{ ngram: 8 }, { ngramQuestions: true }, { deduplicate: ['none', 'url'] }] as const),
    ...([{ deduplicate: ['none'], keepIndex: true }, { earlier: [directory] }] as const),
  ];
  for (const flags of refused)
    await expect(resolveOptions(flags, undefined)).rejects.toMatchObject({
      code: 'pipeline/flag-without-input',
    });
  const missing = resolveOptions({ decontaminate: [join(directory, 'none.jsonl')] }, undefined);
  await expect(missing).rejects.toThrow(/Cannot read --decontaminate/);
  expect((await llm('data', '--deduplicate', 'paragraphs')).text).toContain('Allowed choices');
});
