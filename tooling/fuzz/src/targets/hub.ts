import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { MemoryStore } from '@llm/core/stores';
import { createModelConfig, initialParameters } from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { downloadModel } from '@llm/model/node';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';
import { filesIn, scratchFolder } from '../in-folder.js';

const config = createModelConfig({ vocabularySize: 16, contextLength: 8, depth: 1, width: 16, heads: 2 });
const store = new MemoryStore();
await exportHuggingFace(store, '', {
  config,
  parameters: initialParameters(config, 1),
  maximumShardBytes: 4000,
});
const files = await filesIn(store);
const commit = 'a'.repeat(40);
const gitId = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const listing = bytesOf(
  JSON.stringify({
    sha: commit,
    siblings: Object.keys(files).map((rfilename) => ({ rfilename, size: files[rfilename]!.length })),
  }),
);
const headers = Object.fromEntries(
  Object.entries(files).map(([name, bytes]) => [
    name,
    { status: 200, etag: `"${gitId(bytes)}"`, 'content-length': `${bytes.length}`, 'x-repo-commit': commit },
  ]),
);
const answers = { ...files, listing, headers: bytesOf(JSON.stringify(headers)) };

/** The hub's answers without a network in between: what is fuzzed is who reads them. */
function answer(url: string, method: string, given: Readonly<Record<string, Uint8Array>>): Response {
  if (url.includes('/api/models/')) return new Response(given.listing as Uint8Array<ArrayBuffer>);
  const name = decodeURIComponent(url.slice(url.indexOf('/resolve/') + 10 + commit.length));
  const said = headersOf(given.headers!)?.[name];
  if (given[name] === undefined || said === undefined) return new Response('', { status: 404 });
  const { status, ...rest } = said;
  const body = method === 'HEAD' ? null : (given[name] as Uint8Array<ArrayBuffer>);
  try {
    return new Response(body, { status: Number(status), headers: rest as Record<string, string> });
  } catch {
    // No such answer can come over HTTP.
    return new Response('', { status: 404 });
  }
}

function headersOf(bytes: Uint8Array): Readonly<Record<string, Record<string, unknown>>> | undefined {
  try {
    return JSON.parse(textOf(bytes)) as Readonly<Record<string, Record<string, unknown>>>;
  } catch {
    return undefined;
  }
}

const cacheDirectory = scratchFolder('hub');

export const hubTargets: readonly FuzzTarget[] = [
  {
    name: 'hub answers',
    seeds: answers,
    run: async (bytes, file) => {
      rmSync(cacheDirectory, { recursive: true, force: true });
      const given = { ...answers, [file]: bytes };
      const real = globalThis.fetch;
      globalThis.fetch = async (url, { method } = {}) => answer(String(url), method ?? 'GET', given);
      try {
        await downloadModel('hf:some/model', {
          ...{ endpoint: 'http://127.0.0.1:1', cacheDirectory, attempts: 2, pauseMilliseconds: 0 },
        });
      } finally {
        globalThis.fetch = real;
      }
    },
  },
];
