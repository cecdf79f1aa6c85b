import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type S3Server, s3ServerMissing, startS3Server } from '@llm/build/s3-server';
import type { ArtifactStore } from '@llm/core';
import { artifactStoreContract } from '@llm/core/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PageStep } from '../../page/page-step.js';
import { keep } from '../../page/verdict.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { listSources } from './list-sources.js';
import { checkWritable, openOutput, openSource, openStore } from './open-storage.js';

const missing = s3ServerMissing();
let server: S3Server;

beforeAll(async () => {
  if (missing !== undefined) return;
  server = await startS3Server('bucket');
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.close();
});

const bytesOf = async (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const quick = { attempts: 2, pauseMilliseconds: 1 };

describe.skipIf(missing !== undefined)('an S3 server', () => {
  let stores = 0;
  const store = (): ArtifactStore => openStore(`s3://bucket/stores/${stores++}/`);
  artifactStoreContract({ test, expect }, store);

  test('keys with signs, blanks and other scripts are those that were written', async () => {
    const names = ["a b+c%20d&e=f;g:h@i(j)'k!*,~", 'ключ/鍵/ä', 'deep/er/est'];
    const artifacts = store();
    for (const name of names) await artifacts.write(name, Buffer.from(name));
    expect(await artifacts.list('')).toEqual([...names].sort());
    for (const name of names) expect(Buffer.from(await artifacts.read(name)).toString()).toBe(name);
  });

  test('an object in many parts is read back whole, from the middle, and by ranges', async () => {
    const content = randomBytes(20 * 1024 * 1024 + 7);
    const output = await openOutput('s3://bucket/large.bin');
    for (let at = 0; at < content.length; at += 1_000_003)
      await output.write(content.subarray(at, at + 1_000_003));
    // Nobody sees it before.
    await expect(openSource('s3://bucket/large.bin', quick)).rejects.toMatchObject({
      code: 'data/storage-missing',
    });
    await output.finish();
    const source = await openSource('s3://bucket/large.bin');
    expect(source.size).toBe(content.length);
    expect(sha256(await bytesOf(source.stream()))).toBe(sha256(content));
    expect(sha256(await bytesOf(source.stream(12_345_678)))).toBe(sha256(content.subarray(12_345_678)));
    expect(Buffer.from(await source.read(8_388_600, 20))).toEqual(content.subarray(8_388_600, 8_388_620));
    expect((await source.read(content.length - 3, 10)).length).toBe(3);
  });

  test('an upload that is given up leaves nothing', async () => {
    const output = await openOutput('s3://bucket/given-up/file.bin');
    await output.write(Buffer.alloc(9 * 1024 * 1024));
    await output.abandon();
    await checkWritable('s3://bucket/given-up');
    expect(await openStore('s3://bucket').list('given-up')).toEqual([]);
    const uploads = await readdir(join(server.directory, 'bucket', '.sgwtmp', 'multipart')).catch(() => []);
    expect(uploads).toEqual([]);
  });

  test('a small object and an empty one', async () => {
    for (const text of ['small', '']) {
      const output = await openOutput('s3://bucket/small.txt');
      await output.write(Buffer.from(text));
      await output.finish();
      const source = await openSource('s3://bucket/small.txt');
      expect([source.size, (await bytesOf(source.stream())).toString()]).toEqual([text.length, text]);
    }
  });

  test('patterns, folders, and more objects than one page of a listing', { timeout: 60_000 }, async () => {
    const artifacts = openStore('s3://bucket/many');
    const names = Array.from({ length: 1005 }, (_, index) => `part-${String(index).padStart(5, '0')}.jsonl`);
    for (let at = 0; at < names.length; at += 64)
      await Promise.all(names.slice(at, at + 64).map((name) => artifacts.write(name, Buffer.from(name))));
    await artifacts.write('sub/part-1.parquet', Buffer.from('x'));
    const named = async (pattern: string): Promise<string[]> =>
      (await listSources(`s3://bucket/many${pattern}`)).map(({ url }) =>
        url.slice('s3://bucket/many'.length),
      );
    expect(await named('/*.jsonl')).toEqual(names.map((name) => `/${name}`));
    expect(await named('/part-0000{1,2}.jsonl')).toEqual(['/part-00001.jsonl', '/part-00002.jsonl']);
    expect(await named('/**/*.parquet')).toEqual(['/sub/part-1.parquet']);
    expect((await named('/')).length).toBe(1006);
    await expect(listSources('s3://bucket/many/*.csv')).rejects.toMatchObject({
      code: 'data/storage-missing',
    });
  });

  test.each([
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'credentials', /AWS_SECRET_ACCESS_KEY/],
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'nobody' }, 'credentials', /AWS_ACCESS_KEY_ID/],
    ['half of the credentials', { AWS_SECRET_ACCESS_KEY: '' }, 'credentials', /SECRET_ACCESS_KEY is not set/],
    [
      'credentials that expired',
      { AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' },
      'credentials',
      /expired/,
    ],
    ['no signature', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'denied', /was not signed/],
  ])('%s is a clear error before work starts', async (_, environment, problem, says) => {
    const before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
    try {
      for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
      const expected = { code: `data/storage-${problem}`, message: expect.stringMatching(says) };
      await expect(openSource('s3://bucket/small.txt', quick)).rejects.toMatchObject(expected);
      await expect(checkWritable('s3://bucket/out', quick)).rejects.toMatchObject(expected);
    } finally {
      for (const [name, value] of Object.entries(before)) vi.stubEnv(name, value);
    }
  });

  test('a bucket and an object that are not there', async () => {
    await expect(openSource('s3://bucket/nothing', quick)).rejects.toMatchObject({
      code: 'data/storage-missing',
    });
    await expect(listSources('s3://no-such-bucket/*', quick)).rejects.toMatchObject({
      code: 'data/storage-missing',
      message: expect.stringContaining('bucket'),
    });
    await expect(openSource('s3:/bucket')).rejects.toMatchObject({ code: 'data/storage-url-invalid' });
  });

  test.each([
    ['AWS_SECRET_ACCESS_KEY', 'wrong', 'data/storage-credentials', /AWS_SECRET_ACCESS_KEY/],
    ['AWS_ACCESS_KEY_ID', 'nobody', 'data/storage-credentials', /AWS_ACCESS_KEY_ID/],
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:9', 'data/storage-unreachable', /Nobody has answered there/],
  ])('a run that may not write with this %s reads no page', async (name, value, code, message) => {
    const path = join(await mkdtemp(join(tmpdir(), 's3-refused-')), 'texts.jsonl');
    await writeFile(path, '{"text":"one"}\n');
    let pages = 0;
    const count: PageStep = {
      name: 'count',
      run: () => {
        pages++;
        return keep;
      },
    };
    vi.stubEnv(name, value);
    try {
      const store = openStore('s3://bucket/refused', quick);
      const inputs = [{ kind: 'jsonl', path, quality: 'filter' } as const];
      const options = { inputs, store, prefix: 'data', steps: [count] };
      await expect(runDataPipeline(options)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
      await expect(checkWritable('s3://bucket/refused', quick)).rejects.toMatchObject({ code });
      await expect(openSource('s3://bucket/x', quick)).rejects.toMatchObject({
        code: expect.stringMatching(/credentials|denied|unreachable/),
      });
    } finally {
      vi.stubEnv(name, server.environment[name as keyof S3Server['environment']]);
    }
    expect(pages).toBe(0);
  });
});
