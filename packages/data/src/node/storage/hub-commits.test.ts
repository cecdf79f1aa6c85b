import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeDocuments } from '../output/write-documents.js';
import { checkWritable, openOutput, openStore } from './open-storage.js';

/**
 * A hub as its own client and documentation have it (huggingface.js, `commit.ts`; Git LFS, batch API): paths,
 * forms and order are checked, and a commit may only name what was uploaded whole.
 */
const chunk = 1000;
const quick = { storage: { attempts: 3, pauseMilliseconds: 1 } };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
let hub: Server;
let origin: string;
let files: Map<string, Uint8Array>;
let objects: Map<string, Uint8Array>;
let parts: Map<string, Uint8Array>;
let commits: string[];
let verified: string[];
let leaked: string[];
/** Answers with this status so many times, each path once. */
let faults: Set<string>;

beforeEach(async () => {
  [files, objects, parts] = [new Map(), new Map(), new Map()];
  [commits, verified, leaked, faults] = [[], [], [], new Set()];
  hub = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    answer(request, response, Buffer.concat(pieces));
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  vi.stubEnv('HF_ENDPOINT', origin);
  vi.stubEnv('HF_TOKEN', 'token');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  hub.closeAllConnections();
  await new Promise((resolve) => hub.close(resolve));
});

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const url = new URL(request.url!, origin);
  const path = decodeURIComponent(url.pathname);
  const json = (value: object) => response.end(JSON.stringify(value));
  if (faults.delete(path)) return void response.writeHead(503).end();
  // Storage is on another host ("localhost"), which the token is not for.
  const isStorage = path.startsWith('/storage/');
  if (isStorage !== (request.headers.authorization === undefined)) leaked.push(path);
  if (!isStorage && request.headers.authorization !== 'Bearer token')
    return void response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end();
  if (path === '/api/datasets/owner/name/preupload/main') {
    const { files: announced } = JSON.parse(body.toString());
    return void json({
      files: announced.map(
        ({ path: name, sample, size }: { path: string; sample: string; size: number }) => ({
          path: name,
          uploadMode: size > 600 || Buffer.from(sample, 'base64').includes(0) ? 'lfs' : 'regular',
          shouldIgnore: name.endsWith('.ignored'),
        }),
      ),
    });
  }
  if (path === '/datasets/owner/name.git/info/lfs/objects/batch') {
    expect(request.headers['content-type']).toBe('application/vnd.git-lfs+json');
    const { operation, objects: wanted } = JSON.parse(body.toString());
    expect(operation).toBe('upload');
    const [{ oid, size }] = wanted as [{ oid: string; size: number }];
    const storage = `${origin.replace('127.0.0.1', 'localhost')}/storage`;
    const verify = { href: `${origin}/verify` };
    if (objects.has(oid)) return void json({ objects: [{ oid, size }] });
    if (size <= chunk)
      return void json({
        objects: [{ oid, actions: { upload: { href: `${storage}/${oid}?signed` }, verify } }],
      });
    const header: Record<string, string> = { chunk_size: String(chunk) };
    for (let part = 1; part <= Math.ceil(size / chunk); part++)
      header[String(part).padStart(5, '0')] = `${storage}/${oid}/${part}?signed`;
    return void json({
      objects: [{ oid, actions: { upload: { href: `${storage}/${oid}/complete`, header }, verify } }],
    });
  }
  const [, oid, part] = /^\/storage\/([0-9a-f]{64})(?:\/(\w+))?$/.exec(path) ?? [];
  if (oid !== undefined) {
    if (part === undefined) objects.set(oid, body);
    else if (part === 'complete') {
      const { parts: sent } = JSON.parse(body.toString()) as {
        parts: { partNumber: number; etag: string }[];
      };
      objects.set(
        oid,
        Buffer.concat(
          sent.map(({ partNumber, etag }) => {
            expect(etag).toBe(`"${partNumber}"`);
            return parts.get(`${oid}/${partNumber}`)!;
          }),
        ),
      );
    } else {
      parts.set(`${oid}/${part}`, body);
      response.setHeader('etag', `"${part}"`);
    }
    return void response.end();
  }
  if (path === '/verify') {
    verified.push(JSON.parse(body.toString()).oid);
    return void response.end();
  }
  if (path === '/api/datasets/owner/name/commit/main') {
    expect(request.headers['content-type']).toBe('application/x-ndjson');
    const [header, ...operations] = body
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    commits.push(header.value.summary);
    for (const { key, value } of operations) {
      if (key === 'deletedFile') files.delete(value.path);
      else if (key === 'file') files.set(value.path, Buffer.from(value.content, value.encoding));
      else {
        const whole = objects.get(value.oid);
        if (whole === undefined || sha256(whole) !== value.oid || whole.length !== value.size)
          return void response.writeHead(422).end('no such object');
        files.set(value.path, whole);
      }
    }
    return void json({ commitOid: 'x', success: true });
  }
  const commit = createHash('sha1').update('a').digest('hex');
  if (path === '/api/datasets/owner/name/revision/main') return void json({ sha: commit });
  if (path.startsWith(`/api/datasets/owner/name/tree/${commit}/`)) {
    const folder = path.slice(`/api/datasets/owner/name/tree/${commit}/`.length);
    const below = [...files].filter(([name]) => folder === '' || name.startsWith(`${folder}/`));
    if (below.length === 0 && folder !== '') return void response.writeHead(404).end();
    return void json(
      below.map(([name, { length }]) => ({ type: 'file', path: name, size: length })) as object,
    );
  }
  response.writeHead(404).end();
}

const documents = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    id: String(at),
    text: `Document ${at} ${createHash('sha256').update(String(at)).digest('hex')}`,
    metadata: {},
  }));

test('documents go to a data set: small and large files, in parts, each verified; what broke is sent again', async () => {
  const output = 'hf://datasets/owner/name/clean';
  await checkWritable(output, quick.storage);
  faults.add('/api/datasets/owner/name/preupload/main').add('/api/datasets/owner/name/commit/main');
  const written = await writeDocuments({
    documents: documents(400),
    output,
    fileBytes: 15_000,
    groupDocuments: 50,
    ...quick,
  });
  expect(written.files.length).toBeGreaterThan(1);
  for (const { name, sha256: hash } of written.files) expect(sha256(files.get(`clean/${name}`)!)).toBe(hash);
  expect(verified.length).toBe(written.files.length);
  expect(leaked).toEqual([]);
  // Fewer documents the next time: the longer set's files go.
  const again = await writeDocuments({ documents: documents(20), output, ...quick });
  expect([...files.keys()]).toEqual(again.files.map(({ name }) => `clean/${name}`));
  expect(commits).toContain('Delete clean/part-00001.parquet');
});

test('a store keeps small texts in the commit itself', async () => {
  const store = openStore('hf://datasets/owner/name', quick.storage);
  await store.write('README.md', Buffer.from('# A card\n'));
  expect(Buffer.from(files.get('README.md')!).toString()).toBe('# A card\n');
  expect(objects.size).toBe(0);
  expect(await store.list('READ')).toEqual(['README.md']);
  await store.delete('README.md');
  expect(await store.has('README.md')).toBe(false);
  await expect(store.read('README.md')).rejects.toMatchObject({ code: 'core/artifact-missing' });
});

test('what cannot be written is said before any work', async () => {
  await expect(checkWritable('hf://datasets/owner/other', quick.storage)).rejects.toMatchObject({
    code: 'data/storage-missing',
  });
  await expect(
    (await openOutput('hf://datasets/owner/name/a.ignored', quick.storage)).finish(),
  ).rejects.toThrow(/gitignore/);
  vi.stubEnv('HF_TOKEN', 'another');
  await expect(checkWritable('hf://datasets/owner/name', quick.storage)).rejects.toThrow(/check HF_TOKEN/);
  vi.stubEnv('HF_TOKEN', '');
  await expect(checkWritable('hf://datasets/owner/name', quick.storage)).rejects.toMatchObject({
    code: 'data/storage-credentials',
  });
});
