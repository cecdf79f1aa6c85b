/** The user's mistakes and broken inputs: exit code, one clear line, no stack, nothing lost. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeMiniweb } from '@llm/miniweb/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from './command-line.js';
import { captureOutput } from './testing/captured-output.js';
import { englishDocument as document } from './testing/documents.js';

// Slow: the command line runs on broken input of every kind

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'llm-bad-'));
});

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};

async function llm(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  const output = captureOutput();
  const code = await runCommandLine([...parameters, '--run', join(directory, 'run')], output);
  return { code, out: output.out(), err: output.err() };
}

/** Exit code 1, and the last line on standard error says what and why, without a stack. */
async function expectMistake(message: RegExp, ...parameters: string[]): Promise<void> {
  const { code, err } = await llm(...parameters);
  const lines = err.trimEnd().split('\n');
  expect(lines.at(-1)).toMatch(/^error: .* \[[a-z]+\/[a-z-]+\]$/);
  expect(lines.at(-1)).toMatch(message);
  expect(err).not.toMatch(/\n\s+at /);
  expect(code).toBe(1);
}

/** A WARC file of one page. */
function warcOf(page: string): Uint8Array {
  const http = `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`;
  const id = '00000001-0000-4000-8000-000000000000';
  const head = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:${id}>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: https://example.org/page\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${Buffer.byteLength(http)}\r\n\r\n`;
  return gzipSync(Buffer.from(`${head}${http}\r\n\r\n`));
}

const dataReport = (): { pages: number; kept: number; dropped: Record<string, number> } =>
  (JSON.parse(readFileSync(join(directory, 'run', 'report.json'), 'utf8')) as { stages: { data: never } })
    .stages.data;

describe('bad input', () => {
  test('a missing file: nothing is begun', async () => {
    await expectMistake(
      /--warc .*none\.warc\.gz: .*no such file/,
      'run',
      '--warc',
      join(directory, 'none.warc.gz'),
    );
    expect(existsSync(join(directory, 'run'))).toBe(false);
  });

  test.each<[RegExp, readonly string[]]>([
    [/--language-model .*none\.bin: .*no such file/, ['--language-model', 'none.bin']],
    [/--quality-model .*none: .*no such file/, ['--quality-model', 'none']],
    [/--punkt none: .*no such file/, ['--rules', 'fineweb-v1', '--punkt', 'none']],
    [/--punkt is for --rules fineweb-v1/, ['--punkt', '.']],
    [/lid\.176 knows no language "english"/, ['--languages', 'english']],
  ])('%s: nothing is begun', async (message, flags) => {
    await expectMistake(message, 'data', '--text', file('a.txt', document(1)), ...flags);
    expect(existsSync(join(directory, 'run'))).toBe(false);
  });

  test('an output that somebody else wrote: nothing is begun, nothing lost', async () => {
    const output = join(directory, 'theirs');
    mkdirSync(output);
    const theirs = file(join('theirs', 'part-00000.parquet'), 'theirs');
    const text = file('a.txt', document(1));
    await expectMistake(
      /holds part-00000\.parquet, which llm data did not/,
      'data',
      '--text',
      text,
      '--output',
      output,
    );
    expect(existsSync(join(directory, 'run'))).toBe(false);
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
    rmSync(theirs);
    // What was cut off before its card was written is ours.
    file(join('theirs', 'data-card.json'), '{"kind":"data-card","version":1,"complete":false}');
    file(join('theirs', 'part-00007.parquet'), 'ours');
    expect((await llm('data', '--text', text, '--output', output)).code).toBe(0);
    expect(existsSync(join(output, 'part-00007.parquet'))).toBe(false);
  });

  test('an empty corpus', async () => {
    await expectMistake(/hold no page and no document/, 'tokenizer', '--text', file('empty.txt', ''));
  });

  test('a crawl of which nothing is kept names the reasons', async () => {
    const page = warcOf('<html><body><p>Buy now!</p></body></html>');
    await expectMistake(
      /None of the 1 pages was kept \(.+ 1\)/,
      'tokenizer',
      '--warc',
      file('junk.warc', page),
    );
  });

  test('a truncated WARC: the whole records are read, the rest is said or counted', async () => {
    const { warcs } = await writeMiniweb({ directory: join(directory, 'web'), seed: 1, pages: 40 });
    const whole = readFileSync(warcs[0] as string);
    const start = whole.indexOf(Buffer.from([0x1f, 0x8b, 8]), whole.length / 2);
    const end = whole.indexOf(Buffer.from([0x1f, 0x8b, 8]), start + 3);
    const readUpTo = async (at: number): Promise<string> => {
      const { code, err } = await llm('data', '--warc', file('cut.warc.gz', whole.subarray(0, at)));
      expect(code).toBe(0);
      const { pages, kept, dropped } = dataReport();
      expect(kept).toBeGreaterThan(5);
      expect(kept + Object.values(dropped).reduce((a, b) => a + b, 0)).toBe(pages);
      return err;
    };
    // In the head of a record nothing tells what it was.
    expect(await readUpTo(start + 40)).toMatch(/warning: cut\.warc\.gz, byte \d+: /);
    // In a page it does.
    rmSync(join(directory, 'run'), { recursive: true });
    await readUpTo(end - 100);
    expect(dataReport().dropped.truncated).toBe(1);
  });

  test('a file that is no WARC at all', async () => {
    const path = file('noise.warc', 'hello\n'.repeat(100));
    const { err } = await llm('data', '--warc', path);
    expect(err).toMatch(/warning: noise\.warc, byte 0: /);
    await expectMistake(/None of the 1 pages was kept \(corrupt 1\)/, 'data', '--warc', path);
  });

  test('a broken line in JSONL is counted with a reason, the others are used', async () => {
    const lines = [1, 2, 3].map((number) =>
      JSON.stringify({ text: `${document(number)}${document(number + 50)}` }),
    );
    lines.splice(1, 0, '{"text": "broken');
    const { code } = await llm('data', '--jsonl', file('docs.jsonl', lines.join('\n')));
    expect(code).toBe(0);
    const { pages, kept, dropped } = dataReport();
    expect(pages).toBe(4);
    expect(kept + Object.values(dropped).reduce((a, b) => a + b, 0)).toBe(4);
    expect(JSON.stringify(dropped)).toMatch(/json|line/i);
  });

  test('conversations with wrong roles: said before anything is begun, with file and line', async () => {
    const wrong = JSON.stringify({ messages: [{ role: 'assistant', content: 'Hi' }] });
    const path = file('chats.jsonl', `${wrong}\n${wrong}\n`);
    await expectMistake(
      /chats\.jsonl .*line 1.*assistant/,
      'run',
      '--preset',
      'smoke',
      '--conversations',
      path,
    );
    expect(existsSync(join(directory, 'run'))).toBe(false);
  });

  test('a conversations file that is no gzip', async () => {
    await expectMistake(/chats\.jsonl\.gz/, 'run', '--conversations', file('chats.jsonl.gz', 'plain'));
  });

  test('a run directory that cannot be made', async () => {
    file('run', 'a file is in the way');
    await expectMistake(/Cannot use .*run as the run directory/, 'data', '--size', '200');
  });

  test.skipIf(!existsSync('/dev/full'))(
    'a full disk: what is there stays, and the rerun goes on',
    async () => {
      const run = join(directory, 'run');
      mkdirSync(run);
      symlinkSync('/dev/full', join(run, 'events.jsonl'));
      const path = file('docs.jsonl', JSON.stringify({ text: document(1) }));
      await expectMistake(/events\.jsonl \(ENOSPC\)/, 'data', '--jsonl', path);
      expect(existsSync(join(run, 'config.json'))).toBe(true);
      expect(existsSync(join(run, 'run.lock'))).toBe(false);
      rmSync(join(run, 'events.jsonl'));
      expect((await llm('data')).code).toBe(0);
    },
  );

  test('commands that need a model say how to get one', async () => {
    await expectMistake(/not a run directory/, 'chat', '-p', 'Hi');
    expect((await llm('data', '--jsonl', file('a.jsonl', JSON.stringify({ text: document(1) })))).code).toBe(
      0,
    );
    await expectMistake(/has no finished model yet.*llm run --run/, 'chat', '-p', 'Hi');
    await expectMistake(/has no finished pretrain model yet/, 'eval', '--model', 'pretrain');
  });

  test('other options for what has begun', async () => {
    const path = file('a.jsonl', JSON.stringify({ text: document(1) }));
    expect((await llm('data', '--jsonl', path)).code).toBe(0);
    await expectMistake(/"data".*seed/, 'data', '--seed', '5');
    expect((await llm('data', '--depth', '3')).code).toBe(0);
  });

  test('a damaged config.json', async () => {
    mkdirSync(join(directory, 'run'));
    writeFileSync(join(directory, 'run', 'config.json'), '{"kind": "llm/run-');
    await expectMistake(/config\.json is damaged/, 'data');
  });
});
