import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@llm/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';

// Slow: a run of the data stage starts its threads from the sources.

// Hundreds of small files, each flushed: in memory where there is such a place.
const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'llm-data-tools-'));
const at = (name: string): string => join(directory, name);
afterAll(() => rmSync(directory, { recursive: true }));

async function llm(...parameters: string[]): Promise<{ code: number; text: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, text: output.out() + output.err() };
}

beforeAll(() => {
  const kinds = { lesson: 'energy heat work force body flows', shop: 'buy cheap price deal order save' };
  for (const [kind, words] of Object.entries(kinds)) {
    const rows = Array.from({ length: 200 }, (_, row) => {
      const random = createRandom(1, kind, row);
      const text = Array.from({ length: 6 }, () => random.pick(words.split(' '))).join(' ');
      return JSON.stringify({ text, label: kind, url: `https://${kind}.example.org/${row}` });
    });
    writeFileSync(at(`${kind}.jsonl`), `${rows.join('\n')}\n`);
  }
});

describe('llm data train-quality', () => {
  const small = ['--dimension', '4', '--buckets', '50', '--epochs', '10'];

  it('labels whole sources or rows, to the same model, which a run filters by', async () => {
    const sources = ['lesson', 'shop'].map((kind) => `${kind}=${at(`${kind}.jsonl`)}`);
    const first = await llm(
      ...['data', 'train-quality', '--source', ...sources, ...small, '--output', at('one.bin')],
    );
    expect(first.text).toMatch(/held out it labels 100\.00 % right/);
    expect(first.code).toBe(0);
    const files = [at('lesson.jsonl'), at('shop.jsonl')];
    await llm('data', 'train-quality', '--labelled', ...files, ...small, '--output', at('two.bin'));
    expect(readFileSync(at('two.bin')).equals(readFileSync(at('one.bin')))).toBe(true);
    const { text, code } = await llm(
      ...['data', '--jsonl', ...files, '--rules', 'none', '--deduplicate', 'none', '--run', at('run')],
      ...['--quality-model', at('one.bin'), '--quality-label', 'lesson', '--min-quality', '0.5'],
    );
    expect(text).toMatch(/200 of 400 pages kept/);
    expect(code).toBe(0);
  }, 60_000);

  it.each([
    [['--output', 'x'], /Give either --source/],
    [['--source', 'a=LESSON', '--output', 'x'], /only the label __label__a/],
    [['--source', 'a=LESSON', '--label-field', 'label', '--output', 'x'], /--label-field names a field/],
    [['--labelled', 'LESSON', '--label-field', 'none', '--output', 'x'], /no label/],
  ])('refuses %j', async (flags, message) => {
    const given = flags.map((flag) => flag.replace('LESSON', at('lesson.jsonl')).replace(/^x$/, at('x.bin')));
    const { code, text } = await llm('data', 'train-quality', ...given);
    expect(text).toMatch(message);
    expect(code).toBe(1);
    expect(existsSync(at('x.bin'))).toBe(false);
  });
});

describe('llm data stats', () => {
  it('shows a table, and leaves all figures by group; ranks are merged by the last', async () => {
    const files = [at('lesson.jsonl'), at('shop.jsonl')];
    const flags = ['--blocks', 'word', '--language-score', 'en', '--contamination', 'energy,heat'];
    const one = await llm('data', 'stats', ...files, ...flags, '--output', at('one'));
    expect(one.text).toMatch(/^400 documents +mean/m);
    expect(one.text).toMatch(/^n_words +6\.000 +0\.000/m);
    expect(one.text).toMatch(/^fasttext_en/m);
    const hosts = JSON.parse(readFileSync(at('one/fqdn/n_words/metric.json'), 'utf8'));
    expect(hosts['shop.example.org']).toMatchObject({ n: 200, total: 1200 });
    const rank = (number: string) =>
      llm(
        ...['data', 'stats', ...files, ...flags, '--output', at('two')],
        ...['--rank', number, '--world', '2'],
      );
    expect((await rank('0')).text).toContain('other ranks are at work');
    expect((await rank('1')).text).toMatch(/^400 documents/m);
    expect(JSON.parse(readFileSync(at('two/fqdn/n_words/metric.json'), 'utf8'))).toEqual(hosts);
  }, 60_000);

  it('refuses a language that lid.176 does not know', async () => {
    const { text, code } = await llm(
      ...['data', 'stats', at('shop.jsonl'), '--language-score', 'english', '--output', at('three')],
    );
    expect(text).toMatch(/knows no such language/);
    expect(code).toBe(1);
  });
});
