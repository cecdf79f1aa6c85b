import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DirectoryStore } from '@llm/core/node';
import { runDataPipeline } from '@llm/data/node';
import { writeMiniweb } from '@llm/miniweb/node';
import { afterAll, describe, expect, it } from 'vitest';
import stepsOfSettings from './data-steps.js';
import { compareWithGroundTruth, type GroundTruthResult } from './ground-truth.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-ground-truth-'));
afterAll(() => rmSync(directory, { recursive: true }));

const compare = (run: string): Promise<GroundTruthResult> =>
  compareWithGroundTruth(run, new DirectoryStore(run));

/** As the data stage reads it, in this thread. */
async function readMiniweb(seed: number, pages: number): Promise<string> {
  const run = join(directory, `seed-${seed}`);
  const { warcs } = await writeMiniweb({ directory: join(run, 'crawl'), seed, pages });
  await runDataPipeline({
    inputs: warcs.map((path) => ({ kind: 'warc', path })),
    store: new DirectoryStore(run),
    prefix: 'data',
    steps: await stepsOfSettings({ miniwebSeed: seed }),
  });
  return run;
}

const rowsOfFile = (path: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const pages = 200;
describe.each([1, 2, 3])('the miniweb of seed %i', (seed) => {
  it('comes out page by page as it was made to, for the reason that it was made for', async () => {
    const run = await readMiniweb(seed, pages);
    const truth = rowsOfFile(join(run, 'crawl', 'truth.jsonl.gz'));
    const result = await compare(run);
    expect(result.misses).toEqual([]);
    expect(result).toMatchObject({ pages: truth.length, met: truth.length });
    expect(truth.length).toBe(pages);
    // That it was asked for something: reasons of every step, pages of several languages.
    const dropped = truth.filter(({ keep }) => keep !== true);
    const open = dropped.filter(({ step, reason }) => step === undefined || reason === undefined);
    // Bytes that no encoding explains read as one language or another.
    expect([...new Set(open.map(({ kind }) => kind))]).toEqual(['unknown-charset']);
    expect(new Set(dropped.map(({ step, reason }) => `${step}/${reason}`)).size).toBeGreaterThan(20);
    const report = JSON.parse(readFileSync(join(run, 'data', 'report.json'), 'utf8'));
    expect(Object.keys(report.languages).length).toBeGreaterThan(5);
  }, 60_000);
});

it('reads every file of dropped pages, and says of each miss what it was to be', async () => {
  const run = join(directory, 'seed-1');
  const first = join(run, 'data', 'dropped.jsonl.gz');
  const all = rowsOfFile(first);
  const write = (path: string, rows: readonly object[]): void =>
    writeFileSync(path, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
  write(first, all.slice(0, 20));
  write(join(run, 'data', 'dropped-00001.jsonl.gz'), all.slice(20, 40));
  write(join(run, 'data', 'dropped-00002.jsonl.gz'), all.slice(40));
  expect(await compare(run)).toMatchObject({ pages, met: pages, misses: [] });

  // A page that is in none of them has no decision; another reason is a miss.
  const [missing, other, ...rest] = all.slice(40);
  write(join(run, 'data', 'dropped-00002.jsonl.gz'), [{ ...other, reason: 'no such reason' }, ...rest]);
  const result = await compare(run);
  expect(result.met).toBe(pages - 2);
  expect(new Map(result.misses.map(({ id, actual }) => [id, actual]))).toEqual(
    new Map([
      [missing!.url, 'nothing'],
      [other!.url, `${other!.step}/no such reason`],
    ]),
  );
});
