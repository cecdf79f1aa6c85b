import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'llm-data-mix-'));
  const lines = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) =>
      JSON.stringify({ text: `${name} ${at} text`, language: name }),
    ).join('\n');
  writeFileSync(join(directory, 'web.jsonl'), `${lines('en', 900)}\nno JSON\n`);
  writeFileSync(join(directory, 'books.jsonl'), lines('de', 100));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function llm(...parameters: string[]): Promise<{ code: number; text: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, text: output.out() + output.err() };
}

test('two sources by weight, then the folder by language, each with a card that says how', async () => {
  const [mix, again] = [join(directory, 'mix'), join(directory, 'again')];
  const sources = [`web=${join(directory, 'web.jsonl')}`, `books=${join(directory, 'books.jsonl')}`];
  const first = await llm(
    ...['data', 'mix', '--source', ...sources, '--weight', 'web=1', 'books=1', '--documents', '400'],
    ...['--output', mix, '--format', 'jsonl', '--compression', 'zstd'],
  );
  expect(first.text).toMatch(/books +50.00 % {2}100 documents, 100 documents, read 2.000 times/);
  expect(first.text).toMatch(/not documents: 1 broken-line/);
  expect(first.code).toBe(0);
  const card = JSON.parse(readFileSync(join(mix, 'data-card.json'), 'utf8'));
  expect(card.settings.mixture.groups[0]).toMatchObject({ group: 'books', share: 0.5, epochs: 2 });
  expect(card.files[0].name).toBe('part-00000.jsonl.zst');
  expect(card.languages.de).toBe(200);
  expect(readFileSync(join(mix, 'README.md'), 'utf8')).toContain('| books | 50.00 % | 100 | 100 | 2.000 |');
  // The folder holds a README.md and a JSON file, which are no documents.
  const second = await llm(
    ...['data', 'mix', '--source', `all=${mix}`, '--by', 'language', '--temperature', '2', '--output', again],
  );
  expect(second.code, second.text).toBe(0);
  expect(JSON.parse(readFileSync(join(again, 'data-card.json'), 'utf8')).settings.mixture.by).toBe(
    'language',
  );
});

test.each([
  [['--source', 'web.jsonl', '--output', 'x'], /has no name/],
  [['--source', 'web=none.jsonl', '--output', 'x'], /none.jsonl/],
  [['--source', 'web=WEB', '--weight', 'web=0', '--output', 'x'], /web=0: give each name one number/],
  [['--source', 'web=WEB', '--tokens', '5', '--output', 'x'], /--tokens counts by a tokenizer/],
  [['--source', 'web=WEB', '--tokens', '5', '--documents', '5', '--output', 'x'], /two budgets/],
  [['--source', 'web=WEB', '--documents', '9000', '--output', 'x'], /read 10.00 times, and 4 is the most/],
  [['--source', 'web=WEB'], /Give --output/],
])('what cannot be mixed is a clear error: %j', async (flags, message) => {
  const given = flags.map((flag) =>
    flag === 'x' ? join(directory, 'x') : flag.replace('WEB', join(directory, 'web.jsonl')),
  );
  const { code, text } = await llm('data', 'mix', ...given);
  expect(text).toMatch(message);
  expect(code).toBe(1);
});
