import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
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

describe('llm data tales', () => {
  it('writes rows that a run reads, the same for the same seed, over what was there', async () => {
    const tales = (name: string, ...flags: string[]) =>
      llm('data', 'tales', '--count', '300', '--output', at(name), ...flags);
    writeFileSync(at('tales.jsonl'), 'before');
    const { text, code } = await tales('tales.jsonl');
    expect(text).toMatch(/^300 tales, [\d.]+ kB: /);
    expect(code).toBe(0);
    const written = readFileSync(at('tales.jsonl'), 'utf8');
    const rows = written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(300);
    expect(rows[299]).toEqual({ id: 'tale-299', text: expect.stringMatching(/\n\n/) });
    await tales('folder/again.jsonl', '--seed', '1');
    expect(readFileSync(at('folder/again.jsonl'), 'utf8')).toBe(written);
    await tales('other.jsonl', '--seed', '2');
    expect(readFileSync(at('other.jsonl'), 'utf8')).not.toBe(written);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const everything = ['--rules', 'none', '--deduplicate', 'none'];
    const run = await llm('data', '--jsonl', at('tales.jsonl'), ...everything, '--run', at('told'));
    expect(run.text).toMatch(/300 of 300 pages kept/);
  }, 60_000);

  it('stops when it is interrupted and leaves what was there', async () => {
    writeFileSync(at('kept.jsonl'), 'before');
    const running = llm('data', 'tales', '--count', '1000000', '--output', at('kept.jsonl'));
    while (!readdirSync(directory).some((name) => name.endsWith('.tmp'))) await setTimeout(5);
    process.emit('SIGINT');
    expect(await running).toMatchObject({ code: 130, text: expect.stringMatching(/stopping/) });
    expect(readFileSync(at('kept.jsonl'), 'utf8')).toBe('before');
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 30_000);

  it.each([[['--count', '0', '--output', 'x']], [['--count', '5']]])('refuses %j', async (flags) => {
    expect((await llm('data', 'tales', ...flags)).code).toBe(2);
  });

  it('says where it cannot write', async () => {
    const to = (...path: string[]) => llm('data', 'tales', '--count', '5', '--output', join(...path));
    const below = await to(at('lesson.jsonl'), 'x');
    expect(below.text).toMatch(/EEXIST|ENOTDIR/);
    expect(below.code).toBe(1);
    const over = await to(directory);
    expect(over.text).toMatch(/is a folder, and the set of tales is written as a file/);
    expect(over.code).toBe(1);
  });
});
