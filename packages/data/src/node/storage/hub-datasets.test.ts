import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FileServer, startFileServer } from './fixtures/file-server.js';
import { listSources } from './list-sources.js';
import { openSource } from './open-storage.js';

const commit = createHash('sha1').update('a commit').digest('hex');
const paths = ['README.md', 'data/a.parquet', 'data/b c.parquet', 'data/deep/c.parquet'];
const quick = { attempts: 2, pauseMilliseconds: 1 };
let storage: FileServer;
let hub: FileServer;
/** Who was asked with a token. */
let authorized: string[];

/** The paths, redirects, pages and headers of huggingface.co for the data set owner/name. */
beforeEach(async () => {
  authorized = [];
  storage = await startFileServer(
    new Map(paths.map((path) => [`/${path}`, Buffer.from(`content of ${path}`)])),
  );
  storage.faults.push((request) => {
    if (request.headers.authorization !== undefined) authorized.push('storage');
    return false;
  });
  hub = await startFileServer(new Map(), (request, response) => {
    const url = new URL(request.url ?? '', hub.origin);
    if (request.headers.authorization !== 'Bearer token') {
      response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end();
      return true;
    }
    authorized.push('hub');
    const path = decodeURIComponent(url.pathname);
    if (path === '/api/datasets/owner/name/revision/refs/convert/parquet' || path.endsWith('/revision/main'))
      response.end(JSON.stringify({ id: 'owner/name', sha: commit }));
    else if (path.startsWith(`/api/datasets/owner/name/tree/${commit}/`)) {
      const folder = path.slice(`/api/datasets/owner/name/tree/${commit}/`.length);
      const below = paths.filter((name) => name.startsWith(folder));
      const at = Number(url.searchParams.get('cursor') ?? 0);
      // Two entries a page, the folder itself first.
      const next = new URL(url);
      next.searchParams.set('cursor', String(at + 1));
      if (at + 1 < below.length) response.setHeader('link', `<${next.href}>; rel="next"`);
      const name = below[at]!;
      response.end(
        JSON.stringify([
          { type: 'directory', path: 'data', size: 0, oid: 'x' },
          { type: 'file', path: name, size: `content of ${name}`.length, oid: 'y' },
        ]),
      );
    } else if (path.startsWith(`/datasets/owner/name/resolve/${commit}/`)) {
      const file = path.slice(`/datasets/owner/name/resolve/${commit}/`.length);
      response
        .writeHead(302, { location: `${storage.origin}/${encodeURIComponent(file)}?signature=1` })
        .end();
    } else response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    return true;
  });
  vi.stubEnv('HF_ENDPOINT', hub.origin);
  vi.stubEnv('HF_TOKEN', 'token');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await storage.close();
});

test('a data set is listed by pattern at one commit, page by page, and read where its files lie', async () => {
  const files = await listSources('hf://datasets/owner/name/data/**/*.parquet', quick);
  const place = `hf://datasets/owner/name@${commit}/data`;
  expect(files.map(({ url }) => url)).toEqual([
    `${place}/a.parquet`,
    `${place}/b c.parquet`,
    `${place}/deep/c.parquet`,
  ]);
  const source = await openSource(files[1]!.url, quick);
  expect(source).toMatchObject({ url: files[1]!.url, size: files[1]!.size });
  expect(Buffer.from(await source.read(11, 8)).toString()).toBe('data/b c');
  // The storage is another host: the token is not for it.
  expect(new Set(authorized)).toEqual(new Set(['hub']));
});

test('a revision with a slash, and the whole data set', async () => {
  const files = await listSources('hf://datasets/owner/name@refs%2Fconvert%2Fparquet/', quick);
  expect(files.length).toBe(paths.length);
  expect((await openSource('hf:datasets/owner/name/README.md', quick)).size).toBe(20);
});

test('without access, and of another form, it is a clear error', async () => {
  vi.stubEnv('HF_TOKEN', '');
  const refused = openSource('hf://datasets/owner/name/README.md', quick);
  await expect(refused).rejects.toMatchObject({ code: 'data/storage-denied' });
  await expect(refused).rejects.toThrow(/set HF_TOKEN/);
  vi.stubEnv('HF_TOKEN', 'token');
  await expect(openSource('hf://datasets/owner/name/nothing', quick)).rejects.toMatchObject({
    code: 'data/storage-missing',
  });
  await expect(openSource('hf:owner/name')).rejects.toMatchObject({ code: 'data/storage-url-invalid' });
});
