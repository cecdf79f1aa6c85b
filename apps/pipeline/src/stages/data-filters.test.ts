import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'llm-data-filters-'));
  const row = (id: number) => {
    const license = ['CC-BY-4.0', 'CC-BY-NC-4.0', undefined][id % 3];
    return JSON.stringify({ id: `row-${id}`, text: `The text of row ${id} says something else.`, license });
  };
  writeFileSync(join(directory, 'rows.jsonl'), Array.from({ length: 300 }, (_, id) => row(id)).join('\n'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function llm(...flags: string[]): Promise<{ code: number; text: string }> {
  const output = captureOutput();
  const code = await runCommandLine(['data', '--jsonl', join(directory, 'rows.jsonl'), ...flags], output);
  return { code, text: output.out() + output.err() };
}

test('licences and a sample decide, the card says so, the same sample comes again', async () => {
  const run = join(directory, 'run');
  const output = join(directory, 'out');
  const flags = [
    '--rules',
    'none',
    '--licences',
    'CC-BY,CC0-1.0',
    '--sample',
    '0.5',
    '--deduplicate',
    'none',
  ];
  const { code, text } = await llm('--run', run, ...flags, '--output', output, '--format', 'jsonl');
  expect(code, text).toBe(0);
  const card = JSON.parse(readFileSync(join(output, 'data-card.json'), 'utf8'));
  expect(card.steps[0]).toMatchObject({ name: 'sample', options: { fraction: 0.5 } });
  expect(card.steps).toContainEqual(
    expect.objectContaining({ name: 'license', options: { allowed: ['CC-BY', 'CC0-1.0'], unknown: 'drop' } }),
  );
  const funnel = Object.fromEntries(card.funnel.map((one: { step: string }) => [one.step, one]));
  const sampled = funnel.sample.left as number;
  expect(Math.abs(sampled - 150)).toBeLessThan(35);
  expect(funnel.license.dropped['not-allowed'] + funnel.license.dropped.unknown + funnel.license.left).toBe(
    sampled,
  );
  const kept = gunzipSync(readFileSync(join(output, 'part-00000.jsonl.gz')))
    .toString()
    .trim()
    .split('\n');
  expect(kept.length).toBe(funnel.license.left);
  for (const line of kept) expect(JSON.parse(line).metadata.license).toBe('CC-BY-4.0');
}, 60_000);

test.each([
  [['--unknown-licence', 'keep'], /--unknown-licence is for --licences/],
  [['--licences', 'CC-BY,CC-BYY'], /"CC-BYY" is no licence that is known.*CC-BY-SA/],
  [['--licences', ','], /names no licence/],
  [['--min-quality', '3'], /for --quality-model/],
  [['--quality-model', fileURLToPath(import.meta.url)], /say which label/],
  [['--rules', 'none', '--languages', 'de'], /asks for no language/],
])('%j is refused', async (flags, says) => {
  const { code, text } = await llm('--run', join(directory, 'never'), ...flags);
  expect(text).toMatch(says);
  expect(code).toBe(1);
});
