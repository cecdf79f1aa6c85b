import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RunEvent } from '@llm/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WARCParser } from 'warcio';
import { miniwebPages } from '../pages/miniweb-pages.js';
import type { MiniwebPage } from '../pages/page.js';
import { type MiniwebFiles, writeMiniweb } from './write-miniweb.js';

// Slow: whole webs are written, read again and killed while they are written

const size = 200;
let directory: string;
let files: MiniwebFiles;
const events: RunEvent[] = [];
const pages = [...miniwebPages({ seed: 'warc', pages: size })];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'miniweb-'));
  files = await writeMiniweb({
    directory,
    seed: 'warc',
    pages: size,
    pagesPerFile: 120,
    onEvent: (event) => events.push(event),
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function hashes(of: string): Promise<Record<string, string>> {
  const names = (await readdir(of)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [
        name,
        createHash('sha256')
          .update(await readFile(join(of, name)))
          .digest('hex'),
      ]),
    ),
  );
}

/** Of its files, in milliseconds. */
async function changeTimes(of: string): Promise<number[]> {
  const names = (await readdir(of)).sort();
  return Promise.all(names.map(async (name) => (await stat(join(of, name))).mtimeMs));
}

describe('writeMiniweb', () => {
  test('warcio reads every record: types, ids, digests, and the body that was meant', async () => {
    const byUrl = new Map(pages.map((page) => [page.url, page]));
    const types: Record<string, number> = {};
    const ids = new Set<string>();
    const codings = new Set<string>();
    for (const path of files.warcs) {
      // The stream is typed by the DOM there; a web stream of the file is what it wants.
      const source = new ReadableStream<Uint8Array>({
        async start(controller) {
          for await (const chunk of createReadStream(path)) controller.enqueue(chunk as Uint8Array);
          controller.close();
        },
      });
      for await (const record of new WARCParser(source)) {
        const header = (name: string): string => record.warcHeaders.headers.get(name) ?? '';
        types[record.warcType!] = (types[record.warcType!] ?? 0) + 1;
        ids.add(header('WARC-Record-ID'));
        expect(header('WARC-Date')).toMatch(/^2025-03-01T00:\d\d:\d\dZ$/);
        if (record.warcType === 'response') {
          const page = byUrl.get(record.warcTargetURI!)!;
          expect(record.httpHeaders!.statusCode).toBe(page.status);
          const encoding = `${record.httpHeaders!.headers.get('transfer-encoding') ?? '-'} ${record.httpHeaders!.headers.get('content-encoding') ?? '-'}`;
          codings.add(encoding);
          const content = await record.readFully(true);
          expect(Buffer.from(content).equals(Buffer.from(page.body)), page.url).toBe(true);
        } else if (record.warcType === 'revisit') {
          const original = byUrl.get(header('WARC-Refers-To-Target-URI'))!;
          expect(byUrl.get(record.warcTargetURI!)!.truth.mirrorOf!.index).toBe(original.index);
          expect(header('WARC-Payload-Digest')).toMatch(/^sha1:[A-Z2-7]{32}$/);
        } else await record.readFully(false);
      }
    }
    expect(types).toMatchObject({ warcinfo: 2, request: size, response: size - 2, revisit: 2 });
    expect(types.metadata).toBeGreaterThan(100);
    expect(ids.size).toBe(Object.values(types).reduce((sum, count) => sum + count, 0));
    expect([...codings].sort()).toEqual(['- -', '- gzip', 'chunked -', 'chunked gzip']);
  });

  test('each record is a gzip member of its own, with the digest of its block', async () => {
    const bytes = await readFile(files.warcs[0]!);
    const text = gunzipSync(bytes).toString('latin1');
    const records = text.split(/(?=WARC\/1\.1\r\n)/);
    expect(
      bytes.toString('latin1').split('\x1f\x8b\x08\x00\x00\x00\x00\x00').length - 1,
    ).toBeGreaterThanOrEqual(records.length);
    let checked = 0;
    for (const record of records) {
      const end = record.indexOf('\r\n\r\n') + 4;
      const length = Number(/Content-Length: (\d+)/.exec(record)![1]);
      const block = Buffer.from(record.slice(end, end + length), 'latin1');
      expect(record.slice(end + length)).toBe('\r\n\r\n');
      // An encoder of its own: base 32 through a big integer.
      let value = BigInt(`0x${createHash('sha1').update(block).digest('hex')}`);
      let digest = '';
      for (let digit = 0; digit < 32; digit++) {
        digest = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number(value & 31n)]! + digest;
        value >>= 5n;
      }
      expect(record).toContain(`WARC-Block-Digest: sha1:${digest}\r\n`);
      checked++;
    }
    expect(checked).toBeGreaterThan(300);
  });

  test('the truth has one line a page, in order', async () => {
    const lines = gunzipSync(await readFile(files.truth))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as MiniwebPage['truth'] & { url: string; index: number });
    expect(lines).toHaveLength(size);
    lines.forEach(({ url, index, keep, step, reason, mainText }, position) => {
      const { truth } = pages[position]!;
      expect({ url, index, keep, step, reason, mainText }).toEqual({
        url: pages[position]!.url,
        index: position,
        keep: truth.keep,
        step: truth.step,
        reason: truth.reason,
        mainText: truth.mainText,
      });
    });
    const domains = (await readFile(files.blockedDomains, 'utf8')).trim().split('\n');
    expect(domains.length).toBeGreaterThan(40);
    expect(
      lines
        .filter((line) => line.reason === 'domain')
        .every(({ url }) => domains.includes(new URL(url).host.replace(/^www\./, ''))),
    ).toBe(true);
  });

  test('the same seed writes the same bytes; a finished directory is left alone', async () => {
    const again = await mkdtemp(join(tmpdir(), 'miniweb-'));
    try {
      await writeMiniweb({ directory: again, seed: 'warc', pages: size, pagesPerFile: 120 });
      const first = await hashes(directory);
      expect(Object.keys(first)).toEqual([
        'blocked-domains.txt',
        'blocked-urls.txt',
        'miniweb-00000.warc.gz',
        'miniweb-00001.warc.gz',
        'miniweb.json',
        'truth.jsonl.gz',
      ]);
      expect(await hashes(again)).toEqual(first);
      const before = await changeTimes(directory);
      expect(await writeMiniweb({ directory, seed: 'warc', pages: size, pagesPerFile: 120 })).toEqual(files);
      expect(await changeTimes(directory)).toEqual(before);
    } finally {
      await rm(again, { recursive: true, force: true });
    }
  });

  test('a file that was cut afterwards is written anew', async () => {
    const place = await mkdtemp(join(tmpdir(), 'miniweb-'));
    try {
      const options = { directory: place, seed: 2, pages: 20, pagesPerFile: 10 };
      await writeMiniweb(options);
      const whole = await hashes(place);
      await writeFile(join(place, 'miniweb-00001.warc.gz'), 'cut');
      await writeMiniweb(options);
      expect(await hashes(place)).toEqual(whole);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  test('events tell the start, the progress, the files and the end', () => {
    expect(events[0]).toMatchObject({ type: 'stage-start', stage: 'miniweb', total: size });
    expect(events.filter((event) => event.type === 'progress').map((event) => event.done)).toEqual([
      100, 200,
    ]);
    expect(events.filter((event) => event.type === 'artifact')).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: 'stage-end', summary: { pages: size, files: 2 } });
  });

  test('an abort leaves no file that looks finished; an unwritable place is a clear error', async () => {
    const place = await mkdtemp(join(tmpdir(), 'miniweb-'));
    try {
      const controller = new AbortController();
      const writing = writeMiniweb({
        directory: place,
        seed: 1,
        pages: 100_000,
        signal: controller.signal,
        onEvent: (event) => event.type === 'progress' && controller.abort(),
      });
      await expect(writing).rejects.toThrow();
      expect(await readdir(place)).toEqual([]);
      await writeFile(join(place, 'file'), '');
      await expect(
        writeMiniweb({ directory: join(place, 'file', 'below'), seed: 1, pages: 5 }),
      ).rejects.toMatchObject({ code: 'miniweb/write-failed' });
      await expect(writeMiniweb({ directory: place, seed: 1, pages: 0 })).rejects.toMatchObject({
        code: 'miniweb/invalid-size',
      });
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});
