import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from '@llm/core';
import { afterAll, describe, expect, it } from 'vitest';
import type { StatisticsRecord } from '../../statistics/running-statistics.js';
import { roundedKey } from '../../statistics/statistics-groups.js';
import { collectStatistics } from './collect-statistics.js';

// Hundreds of small files, each flushed: in memory where there is such a place.
const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'statistics-'));
afterAll(() => rmSync(directory, { recursive: true }));
const json = (path: string | URL) => JSON.parse(readFileSync(path, 'utf8'));

// Written by tooling/oracles/data/statistics.py with datatrove 0.10.1.
const recorded = json(new URL('./fixtures/datatrove-statistics.json', import.meta.url)) as {
  readonly hosts: readonly string[];
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number | Partial<StatisticsRecord>>>>>;
};
const { texts } = json(new URL('../../filters/fixtures/datatrove-filters.json', import.meta.url)) as {
  readonly texts: readonly { readonly parts: readonly (readonly [string, number])[] }[];
};
const documents = texts.map(
  ({ parts }, at): Document => ({
    id: String(at),
    text: parts.map(([part, count]) => part.repeat(count)).join(''),
    metadata: { url: recorded.hosts[at % recorded.hosts.length]! },
  }),
);
const ofRank = (rank: number, world: number) => documents.filter((_, at) => at % world === rank);
/** Error as a share of the figure. */
const relative = (own: number, theirs: number): number => (own - theirs) / Math.max(1, Math.abs(theirs));
const contamination = [['the', 'and']];

describe('collectStatistics', () => {
  it("measures, groups and merges to datatrove's figures", async () => {
    const output = join(directory, 'two');
    const collect = (rank: number) =>
      collectStatistics({ documents: ofRank(rank, 2), output, contamination, rank, world: 2 });
    expect(await collect(1)).toEqual({ documents: 36, summary: undefined });
    const { summary } = await collect(0);
    expect(summary!.length!.n).toBe(72);
    for (const [name, table] of Object.entries(recorded.metrics)) {
      const ours = json(join(output, name, 'metric.json')) as Record<string, StatisticsRecord>;
      expect([name, Object.keys(ours).sort()]).toEqual([name, Object.keys(table).sort()]);
      for (const [key, theirs] of Object.entries(table)) {
        const own = ours[key]!;
        // It writes only the total of what is 0 or always 1, and reads n back as 1 then.
        const whole = typeof theirs === 'number' ? { total: theirs } : theirs;
        expect([name, key, relative(own.total, whole.total!)]).toEqual([name, key, expect.closeTo(0, 9)]);
        if (whole.n === 72)
          for (const figure of ['mean', 'variance', 'std_dev', 'min', 'max'] as const)
            if (whole[figure] !== undefined)
              expect([name, key, figure, relative(own[figure], whole[figure])]).toEqual([
                ...[name, key, figure],
                expect.closeTo(0, 9),
              ]);
      }
    }
  });

  it('gives the same figures for one rank as for three, and forgets what it measured before', async () => {
    const output = join(directory, 'ranks');
    for (const rank of [0, 1, 2])
      await collectStatistics({
        documents: ofRank(rank, 3),
        output,
        rank,
        world: 3,
        blocks: ['doc', 'line'],
      });
    const three = json(join(output, 'fqdn', 'n_lines', 'metric.json'));
    const { summary } = await collectStatistics({
      documents,
      output,
      blocks: ['line'],
      groups: ['fqdn', 'summary'],
    });
    const one = json(join(output, 'fqdn', 'n_lines', 'metric.json'));
    for (const [host, record] of Object.entries(one as Record<string, StatisticsRecord>))
      for (const [figure, value] of Object.entries(record))
        expect([host, figure, three[host][figure]]).toEqual([
          host,
          figure,
          expect.closeTo(value as number, 9),
        ]);
    expect(Object.keys(summary!)).not.toContain('length');
    expect(readdirSync(join(output, 'fqdn', 'length'))).not.toContain('00000.json');
  });

  it('keeps the hosts with the most documents where there are too many', async () => {
    const many = Array.from(
      { length: 500 },
      (_, at): Document => ({
        ...{ id: String(at), text: 'one' },
        metadata: { url: at % 2 === 0 ? 'https://often.org/' : `https://host-${at}.org/` },
      }),
    );
    const output = join(directory, 'top');
    await collectStatistics({ documents: many, output, blocks: ['doc'], groups: ['fqdn'], topKeys: 3 });
    const hosts = json(join(output, 'fqdn', 'length', 'metric.json'));
    expect(Object.keys(hosts)).toHaveLength(3);
    expect(hosts['often.org'].n).toBe(250);
  });

  it('measures tokens and the certainty of a language, where it is asked to', async () => {
    const { summary } = await collectStatistics({
      documents: [
        { id: '1', text: 'one two', metadata: { language: 'en', languageScore: 0.75 } },
        { id: '2', text: 'eins', metadata: { language: 'de', languageScore: 0.9 } },
      ],
      output: join(directory, 'asked'),
      blocks: [],
      countTokens: (text) => text.split(' ').length,
      languageScore: { language: 'en', score: () => 0.25 },
    });
    expect(summary).toMatchObject({
      token_count: { total: 3, max: 2 },
      fasttext_en: { mean: 0.5, min: 0.25 },
    });
  });

  it.each([
    [{ blocks: ['words'] }, /there is no "words"/],
    [{ groups: [] }, /groups is empty/],
    [{ blocks: [] }, /nothing would be measured/],
    [{ contamination: [[]] }, /is empty/],
    [{ stopwords: [] }, /is "stopWords" meant/],
    [{ documents: [] }, /hold no document/],
  ])('refuses %j', async (options, message) => {
    const output = join(directory, 'refused');
    await expect(collectStatistics({ documents, output, ...(options as object) })).rejects.toThrow(message);
  });
});

// str(round(value, 3)) of Python 3.11
it.each([
  [0.0625, '0.062'],
  [0.1875, '0.188'],
  [0.3125, '0.312'],
  [2.0004, '2.0'],
  [0.0005, '0.001'],
  [0.0015, '0.002'],
  [1 / 3, '0.333'],
  [12, '12.0'],
])('%f is called %s', (value, key) => {
  expect(roundedKey(value, 3, false)).toBe(key);
});
