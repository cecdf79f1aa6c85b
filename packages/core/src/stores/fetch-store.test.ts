import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FetchStore } from './fetch-store.js';
import { MemoryStore } from './memory-store.js';

/** A file server with validators and ranges that counts what it is asked. */
const files = new Map<string, { bytes: Uint8Array; etag: string }>();
let asked: string[] = [];
let withRanges = true;
let server: Server;
let address = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url!, 'http://localhost');
    const { range, 'if-none-match': known } = request.headers;
    asked.push([request.method, pathname + search, range ?? known].filter(Boolean).join(' '));
    const file = files.get(decodeURIComponent(pathname));
    if (pathname.startsWith('/files/secret')) return void response.writeHead(403).end();
    if (file === undefined) return void response.writeHead(404).end('nothing here');
    response.setHeader('etag', file.etag);
    if (known === file.etag) return void response.writeHead(304).end();
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(withRanges ? (range ?? '') : '') ?? [];
    if (first === undefined)
      return void response.writeHead(200, { 'content-length': file.bytes.length }).end(file.bytes);
    if (Number(first) >= file.bytes.length) return void response.writeHead(416).end();
    response.writeHead(206).end(file.bytes.subarray(Number(first), Number(last) + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/`;
});
afterAll(() => void server.close());
beforeEach(() => {
  files.clear();
  files.set('/files/a', { bytes: Uint8Array.of(1, 2, 3, 4, 5), etag: '"1"' });
  files.set('/files/folder/with blank#1', { bytes: Uint8Array.of(9), etag: '"1"' });
  asked = [];
  withRanges = true;
});

describe('FetchStore', () => {
  test('an address that is none of the web is refused', () => {
    for (const address of ['models/', '', 'file:///etc', 'data:text/plain,x', 'http://'])
      expect(() => new FetchStore(address)).toThrow(
        expect.objectContaining({ code: 'core/store-address-invalid' }),
      );
  });

  test('reads whole files, parts and lengths; names are escaped, a query stays', async () => {
    const store = new FetchStore(`${address}?token=x`);
    expect([...(await store.read('folder/with blank#1'))]).toEqual([9]);
    expect(asked).toEqual(['GET /files/folder/with%20blank%231?token=x']);
    expect(await store.size('a')).toBe(5);
    for (const ranges of [true, false]) {
      withRanges = ranges;
      expect([...(await store.readRange('a', 1, 3))]).toEqual([2, 3]);
      expect([...(await store.readRange('a', 3, 99))]).toEqual([4, 5]);
      expect([...(await store.readRange('a', 9, 99))]).toEqual([]);
      expect([...(await store.readRange('a', 2, 2))]).toEqual([]);
    }
    expect([await store.has('a'), await store.has('b')]).toEqual([true, false]);
  });

  test('what is not there, not allowed or not possible is said', async () => {
    const store = new FetchStore(address);
    await expect(store.read('nothing')).rejects.toMatchObject({ code: 'core/artifact-missing' });
    await expect(store.size('nothing')).rejects.toMatchObject({ code: 'core/artifact-missing' });
    await expect(store.read('../etc/passwd')).rejects.toMatchObject({ code: 'core/artifact-key-invalid' });
    await expect(store.has('secret')).rejects.toMatchObject({
      code: 'core/store-refused',
      details: { status: 403 },
    });
    await expect(store.write('a')).rejects.toMatchObject({ code: 'core/store-read-only' });
    await expect(store.delete('a')).rejects.toMatchObject({ code: 'core/store-read-only' });
    await expect(store.list('')).rejects.toMatchObject({ code: 'core/store-cannot-list' });
    expect(await new FetchStore(address, { keys: ['b/2', 'b/10', 'a'] }).list('b/')).toEqual(['b/10', 'b/2']);
    await expect(new FetchStore('http://127.0.0.1:1').read('a')).rejects.toMatchObject({
      code: 'core/store-unreachable',
    });
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(new FetchStore(address, { signal }).read('a')).rejects.toThrow('stop');
  });

  test('a cached copy is asked about once, replaced when it changed, and serves when the server is away', async () => {
    const cache = new MemoryStore();
    const first = new FetchStore(address, { cache });
    await first.read('a');
    await first.read('a');
    expect([...(await first.readRange('a', 1, 2))]).toEqual([2]);
    expect(asked).toEqual(['GET /files/a']);

    asked = [];
    const second = new FetchStore(address, { cache });
    expect([...(await second.read('a'))]).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual(['GET /files/a "1"']);
    files.set('/files/a', { bytes: Uint8Array.of(7), etag: '"2"' });
    expect([...(await new FetchStore(address, { cache }).read('a'))]).toEqual([7]);

    const away = new FetchStore(address.replace(/:\d+/, ':1'), { cache });
    expect([...(await away.read('a'))]).toEqual([7]);
    await expect(away.read('folder/b')).rejects.toMatchObject({ code: 'core/store-unreachable' });
    files.delete('/files/a');
    await expect(new FetchStore(address, { cache }).read('a')).rejects.toMatchObject({
      code: 'core/artifact-missing',
    });
  });
});
