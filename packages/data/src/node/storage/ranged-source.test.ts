import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FileServer, startFileServer } from './fixtures/file-server.js';
import { openSource } from './open-storage.js';

let server: FileServer;
const content = randomBytes(3_000_000);
beforeEach(async () => {
  server = await startFileServer(new Map([['/a.bin', content]]));
});
afterEach(() => server.close());

const url = (): string => `${server.origin}/a.bin?token=secret`;
const quick = { attempts: 3, pauseMilliseconds: 1 };
const bytesOf = async (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
};

test('a connection that breaks again and again is taken up where it broke', async () => {
  const source = await openSource(url(), quick);
  const starts: number[] = [];
  server.faults.push((request, response, file) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    starts.push(start);
    // Each attempt gives a sixth of the file: more attempts than are allowed without progress.
    const end = Math.min(file.length, start + 500_000);
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': String(file.length - start),
      ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    response.write(file.subarray(start, end), () =>
      end < file.length ? response.destroy() : response.end(),
    );
    return true;
  });
  expect((await bytesOf(source.stream())).equals(content)).toBe(true);
  expect(starts.length).toBeGreaterThan(quick.attempts);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});

test('a server without ranges gives a stream, also from the middle, and parts of what is not large', async () => {
  server.hasRanges = false;
  const source = await openSource(url(), quick);
  expect(source.size).toBe(content.length);
  expect((await bytesOf(source.stream(1_234_567))).equals(content.subarray(1_234_567))).toBe(true);
  expect(Buffer.from(await source.read(5, 5)).equals(content.subarray(5, 10))).toBe(true);
  server.files.set('/large', Buffer.alloc(70 * 1024 * 1024));
  const large = await openSource(`${server.origin}/large`, quick);
  await expect(large.read(69 * 1024 * 1024, 5)).rejects.toMatchObject({ code: 'data/storage-no-ranges' });
});

test('busy answers are waited out as the server asks, for a bounded number of times', async () => {
  const answers: [number, Record<string, string>][] = [
    [503, { 'retry-after': '0' }],
    [429, { 'retry-after': new Date(Date.now() - 1000).toUTCString() }],
  ];
  server.faults.push((_, response) => {
    const next = answers.shift();
    if (next !== undefined) response.writeHead(...next).end();
    return next !== undefined;
  });
  const patient = { attempts: 3, pauseMilliseconds: 60_000 };
  const source = await openSource(url(), patient);
  expect(answers).toEqual([]);
  server.requests.length = 0;
  server.faults.push((_, response) => Boolean(response.writeHead(503, { 'retry-after': '0' }).end()));
  const refused = source.read(0, 10);
  await expect(refused).rejects.toMatchObject({ code: 'data/storage-unreachable' });
  await expect(refused).rejects.toThrow(/3 times in a row, last with "status 503"/);
  await expect(refused).rejects.not.toThrow(/secret/);
  expect(server.requests.length).toBe(3);
});

test('silence is given up, and an abort says why', async () => {
  const source = await openSource(url(), quick);
  server.faults.push(() => true);
  const silent = openSource(url(), { ...quick, silenceMilliseconds: 100 });
  await expect(silent).rejects.toThrow(/silent/);
  server.faults.length = 0;
  server.faults.push((_, response) => Boolean(response.writeHead(503, { 'retry-after': '3600' }).end()));
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('stop pressed')), 100);
  await expect(openSource(url(), { signal: controller.signal })).rejects.toThrow('stop pressed');
  expect(source.size).toBe(content.length);
});

test('a reader that is slow is not taken for a server that is silent', async () => {
  const source = await openSource(url(), { ...quick, attempts: 1, silenceMilliseconds: 1500 });
  const pieces: Uint8Array[] = [];
  for await (const piece of source.stream()) {
    if (pieces.length < 2) await new Promise((resolve) => setTimeout(resolve, 1700));
    pieces.push(piece);
  }
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
});

test('a file that changes meanwhile is an error, not a mixture', async () => {
  const source = await openSource(url(), quick);
  server.files.set('/a.bin', randomBytes(3_000_000));
  await expect(bytesOf(source.stream())).rejects.toMatchObject({ code: 'data/storage-changed' });
  await expect(source.read(1, 2)).rejects.toMatchObject({ code: 'data/storage-changed' });
});

test('what is stored compressed is read as it is stored', async () => {
  const stored = gzipSync('text');
  server.files.set('/a.txt.gz', stored);
  server.faults.push((_, response) => {
    response.setHeader('content-encoding', 'gzip');
    return false;
  });
  const source = await openSource(`${server.origin}/a.txt.gz`, quick);
  expect(source.size).toBe(stored.length);
  expect((await bytesOf(source.stream())).equals(stored)).toBe(true);
});

test.each([
  [404, 'missing'],
  [403, 'denied'],
  [418, 'protocol'],
])('status %d is no reason to try again', async (status, problem) => {
  server.faults.push((_, response) => Boolean(response.writeHead(status).end('no')));
  await expect(openSource(url(), quick)).rejects.toMatchObject({ code: `data/storage-${problem}` });
  expect(server.requests.length).toBe(1);
});

test('redirects are followed, not for ever', async () => {
  server.faults.push((request, response) => {
    if (request.url !== '/moved') return false;
    response.writeHead(302, { location: '/a.bin' }).end();
    return true;
  });
  expect((await openSource(`${server.origin}/moved`, quick)).size).toBe(content.length);
  server.faults.push((_, response) => Boolean(response.writeHead(302, { location: '/a.bin' }).end()));
  await expect(openSource(url(), quick)).rejects.toThrow(/redirects/);
});

test('an empty file, a name that nobody knows, and schemes that are not read', async () => {
  server.files.set('/empty', new Uint8Array());
  const empty = await openSource(`${server.origin}/empty`, quick);
  expect([empty.size, (await bytesOf(empty.stream())).length]).toEqual([0, 0]);
  await expect(openSource('ftp://example.org/a')).rejects.toMatchObject({ code: 'data/storage-url-invalid' });
  await expect(openSource('https://[')).rejects.toMatchObject({ code: 'data/storage-url-invalid' });
});
