/** Inputs that a server or a hub refuses are named before a page is read, from whichever place they come. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@llm/core/stores';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keep } from '../../page/verdict.js';
import type { DataPipelineOptions } from '../pipeline/data-pipeline-options.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { type FileServer, startFileServer } from '../storage/fixtures/file-server.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-refused-'));
const path = join(directory, 'texts.jsonl');
writeFileSync(path, '{"text":"one"}\n{"text":"two"}\n');
afterAll(() => rmSync(directory, { recursive: true }));

let server: FileServer;
beforeEach(async () => {
  server = await startFileServer(new Map([['/open.jsonl', Buffer.from('{"text":"three"}\n')]]));
  vi.stubEnv('HF_ENDPOINT', server.origin);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

/** Refuses as the hub does what lies below /api, and all else but /open.jsonl as a web server does. */
function refuse(status: number, code?: string): void {
  server.faults.push((request, response) => {
    if (request.url === '/open.jsonl') return false;
    response.writeHead(status, code === undefined ? {} : { 'x-error-code': code }).end('no');
    return true;
  });
}

/** The error of a run whose first input is there, and what it had done by then. */
async function refused(options: Partial<DataPipelineOptions>) {
  let pages = 0;
  const count = {
    name: 'count',
    run: () => {
      pages++;
      return keep;
    },
  };
  const store = new MemoryStore();
  const inputs = [{ kind: 'jsonl', path, quality: 'filter' } as const, ...(options.inputs ?? [])];
  const run = runDataPipeline({ ...{ store, prefix: 'data', steps: [count] }, ...options, inputs });
  const error = await run.catch((reason: unknown) => reason);
  return { error, pages, written: await store.list('') };
}

test.each([401, 403])('a page of a server that says %d', async (status) => {
  const [open, shut] = ['open.jsonl', 'shut.warc.gz'].map((name) => `${server.origin}/${name}`);
  const inputs = [
    { kind: 'jsonl', path: open!, quality: 'filter' },
    { kind: 'warc', path: `${shut}?X-Signature=secret` },
  ] as const;
  // Where nobody refuses, all pages are read.
  expect(await refused({ inputs: inputs.slice(0, 1) })).toMatchObject({ pages: 3 });
  refuse(status);
  const { error, pages, written } = await refused({ inputs });
  expect(error).toMatchObject({
    code: 'data/storage-denied',
    message: expect.stringContaining(`${shut} may not be read (${status})`),
  });
  expect(String(error)).not.toContain('secret');
  expect([pages, written]).toEqual([0, []]);
  // It is no passing failure: asked once.
  expect(server.requests.filter((request) => request.includes('shut'))).toHaveLength(1);
});

test.each([
  ['no token', undefined, 401, 'RepoNotFound', /private or gated, set HF_TOKEN/],
  ['a token that expired', 'hf_old', 401, undefined, /expired: check HF_TOKEN/],
  ['terms that were not accepted', 'hf_own', 403, 'GatedRepo', /terms were accepted/],
] as const)('a data set of the hub with %s', async (_, token, status, code, says) => {
  vi.stubEnv('HF_TOKEN', token ?? '');
  refuse(status, code);
  const inputs = [{ kind: 'parquet', path: 'hf://datasets/owner/name/a.parquet' }] as const;
  const { error, pages, written } = await refused({ inputs });
  expect(error).toMatchObject({ code: 'data/storage-denied', message: expect.stringMatching(says) });
  expect(String(error)).toContain('owner/name');
  if (token !== undefined) expect(String(error)).not.toContain(token);
  expect([pages, written]).toEqual([0, []]);
});

test('an earlier crawl on the hub', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_old');
  refuse(401);
  const deduplication = { earlier: ['hf://datasets/owner/crawl/data'] };
  const { error, pages, written } = await refused({ deduplication });
  expect(error).toMatchObject({ code: 'data/storage-denied', message: expect.stringContaining('HF_TOKEN') });
  expect([pages, written]).toEqual([0, []]);
});

test('evaluations that are kept out', async () => {
  refuse(403);
  const decontamination = { evaluations: [`${server.origin}/sums.jsonl`] };
  const { error, pages, written } = await refused({ decontamination });
  expect(error).toMatchObject({
    code: 'data/storage-denied',
    message: expect.stringContaining(`${server.origin}/sums.jsonl`),
  });
  expect([pages, written]).toEqual([0, []]);
});
