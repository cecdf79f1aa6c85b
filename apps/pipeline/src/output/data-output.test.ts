import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type S3Server, s3ServerMissing, startS3Server } from '@llm/build/s3-server';
import { writeMiniweb } from '@llm/miniweb/node';
import { openTokenShards } from '@llm/model/node';
import { chatSpecialTokens, toTokenizerJson, trainTokenizer } from '@llm/tokenizer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';

let directory: string;
let server: Server;
let origin: string;
const files = new Map<string, Buffer>();
const crawl = 'CC-MAIN-2026-05';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'llm-data-output-'));
  const { warcs } = await writeMiniweb({ directory: join(directory, 'web'), seed: 3, pages: 80 });
  const paths = warcs.map((path, index) => {
    files.set(`/crawl-data/${crawl}/${index}.warc.gz`, readFileSync(path));
    return `crawl-data/${crawl}/${index}.warc.gz`;
  });
  files.set(`/crawl-data/${crawl}/warc.paths.gz`, gzipSync(`${paths.join('\n')}\n`));
  server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (file === undefined) return void response.writeHead(404).end();
    if (first === undefined)
      return void response.writeHead(200, { 'content-length': String(file.length) }).end(file);
    const part = file.subarray(Number(first), Number(last) + 1);
    response.writeHead(206, {
      'content-range': `bytes ${first}-${last}/${file.length}`,
      'content-length': String(part.length),
    });
    response.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

async function llm(...parameters: string[]): Promise<{ code: number; text: string }> {
  const output = captureOutput();
  const code = await runCommandLine(parameters, output);
  return { code, text: output.out() + output.err() };
}

test('from a crawl on a web server to Parquet with a card, and from the run on to other forms', {
  timeout: 120_000,
}, async () => {
  const run = join(directory, 'run');
  const parquet = join(directory, 'parquet');
  const first = await llm(
    'data',
    '--crawl',
    crawl,
    '--crawl-data',
    origin,
    '--run',
    run,
    '--output',
    parquet,
  );
  expect(first.text).toMatch(/data: \d+ documents, .* in 1 files, and their card/);
  expect(first.code).toBe(0);
  const card = JSON.parse(readFileSync(join(parquet, 'data-card.json'), 'utf8'));
  const report = JSON.parse(readFileSync(join(run, 'data/report.json'), 'utf8'));
  expect(card).toMatchObject({ documents: report.kept, pages: report.pages, dropped: report.dropped });
  expect(card.inputs[0].url).toBe(`${origin}/crawl-data/${crawl}/0.warc.gz`);
  const bytes = readFileSync(join(parquet, 'part-00000.parquet'));
  expect(card.files[0].sha256).toBe(createHash('sha256').update(bytes).digest('hex'));

  // The Parquet file is itself an input; what it holds was cleaned, and is kept.
  const again = join(directory, 'again');
  const second = await llm(
    'data',
    '--parquet',
    parquet,
    '--run',
    join(directory, 'run-2'),
    '--output',
    again,
    '--format',
    'jsonl',
  );
  expect(second.code, second.text).toBe(0);
  const lines = gunzipSync(readFileSync(join(again, 'part-00000.jsonl.gz')))
    .toString()
    .trim()
    .split('\n');
  expect(lines.length).toBe(report.kept);

  const tokenizer = join(directory, 'tokenizer.json');
  const learned = await trainTokenizer(['the cat sat on the mat, the end. '.repeat(20)], {
    vocabularySize: 300,
    specialTokens: chatSpecialTokens,
    pattern: 'llama3',
  });
  writeFileSync(tokenizer, toTokenizerJson(learned));
  const tokens = join(directory, 'tokens');
  const third = await llm(
    'data',
    '--run',
    run,
    '--output',
    tokens,
    '--format',
    'tokens',
    '--tokenizer',
    tokenizer,
  );
  expect(third.code, third.text).toBe(0);
  const shards = await openTokenShards(tokens);
  expect(shards.manifest.documents).toBe(report.kept);
  shards.close();
  const megatron = join(directory, 'megatron');
  const fourth = await llm(
    'data',
    '--run',
    run,
    '--output',
    megatron,
    '--format',
    'megatron',
    '--tokenizer',
    tokenizer,
  );
  expect(fourth.code, fourth.text).toBe(0);
  expect(readdirSync(megatron).sort()).toEqual(['README.md', 'data-card.json', 'tokens.bin', 'tokens.idx']);
  expect(readFileSync(join(megatron, 'tokens.idx')).subarray(0, 9).toString('latin1')).toBe('MMIDIDX\0\0');
});

test.each([
  [['--format', 'parquet'], /--format says how the data is written.*--output/],
  [['--output', 'x', '--format', 'tokens'], /name the tokenizer with --tokenizer/],
  [['--output', 'x', '--tokenizer', 't.json'], /--tokenizer is for --format tokens/],
  [['--output', 'x', '--format', 'jsonl', '--compression', 'snappy'], /snappy is of Parquet/],
  [['--output', 'https://example.org/x'], /Nothing can be written/],
  [['--output', 's3://b/x', '--format', 'tokens', '--tokenizer', 't.json'], /to a folder of this machine/],
  [['--fraction', '0.5'], /--fraction is about a crawl/],
  [['--crawl', crawl, '--index', 'table'], /--domain or --urls/],
  [['--crawl', crawl, '--domain', 'a.org', '--fraction', '0.5'], /--fraction chooses whole files/],
  [['--text-field', 'body'], /--text-field says which field/],
])('%j is refused before any work', async (flags, says) => {
  const { code, text } = await llm('data', '--run', join(directory, 'never'), ...flags);
  expect(text).toMatch(says);
  expect(code).toBe(1);
  expect(readdirSync(directory)).not.toContain('never');
});

test('an unknown crawl, and a file that is not there, are said before any work', async () => {
  const unknown = await llm(
    'data',
    '--crawl',
    'CC-MAIN-1999-01',
    '--crawl-data',
    origin,
    '--crawl-index',
    origin,
  );
  expect(unknown.text).toMatch(/There is no crawl "CC-MAIN-1999-01"/);
  const missing = await llm('data', '--warc', `${origin}/none.warc.gz`);
  expect(missing.text).toMatch(/There is no .*none\.warc\.gz \(404\)/);
  const other = await llm('data', '--parquet', `${origin}/crawl-data/${crawl}/0.warc.gz`);
  expect(other.text).toMatch(/not a Parquet file/);
});

const noS3 = s3ServerMissing();
test.skipIf(noS3 !== undefined)(
  'from and to S3, with credentials from the environment',
  { timeout: 120_000 },
  async () => {
    const s3: S3Server = await startS3Server('bucket');
    try {
      for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
      const rows = Array.from(
        { length: 6 },
        (_, row) => `${JSON.stringify({ text: `Row ${row} of its own kind ${'abcdef'[row]}.` })}\n`,
      );
      writeFileSync(join(s3.directory, 'bucket', 'rows.jsonl'), rows.join(''));
      const flags = ['data', '--jsonl', 's3://bucket/*.jsonl', '--run', join(directory, 'run-s3')];
      const { code, text } = await llm(...flags, '--output', 's3://bucket/clean', '--compression', 'zstd');
      expect(code, text).toBe(0);
      expect(readdirSync(join(s3.directory, 'bucket', 'clean')).sort()).toEqual([
        'README.md',
        'data-card.json',
        'part-00000.parquet',
      ]);
      // A plan of one's own, its shards and all its work in the bucket.
      const plan = join(directory, 'plan.mjs');
      writeFileSync(plan, `export default [{ name: 'all', run: () => ({ kind: 'keep' }) }];\n`);
      const planned = await llm(
        'data',
        'run',
        plan,
        '--jsonl',
        's3://bucket/rows.jsonl',
        '--output',
        's3://bucket/run',
      );
      expect(planned.text).toMatch(/kept 6 of 6 pages in 1 shards: s3:\/\/bucket\/run/);
      expect(readdirSync(join(s3.directory, 'bucket', 'run'))).toContain('shard-00000.jsonl.gz');
      const toHub = await llm(
        'data',
        'run',
        plan,
        '--jsonl',
        's3://bucket/rows.jsonl',
        '--output',
        'hf://datasets/a/b',
      );
      expect(toHub.text).toMatch(/Write what it kept to the hub afterwards/);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
      const refused = await llm('data', '--run', join(directory, 'run-s3'), '--output', 's3://bucket/clean');
      expect(refused.text).toMatch(/the signature does not match. Check AWS_SECRET_ACCESS_KEY/);
      expect(refused.code).toBe(1);
    } finally {
      vi.unstubAllEnvs();
      await s3.close();
    }
  },
);
