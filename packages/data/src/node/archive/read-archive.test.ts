import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ArchiveDamage, ArchiveRecord } from '../../archive/archive-record.js';
import {
  type FixtureRecord,
  httpResponse,
  warcGzip,
  warcRecord,
} from '../../archive/fixtures/warc-records.js';
import { readPage } from '../../archive/read-page.js';
import { decompressContent } from './content-coding.js';
import { type ReadArchiveOptions, readArchive } from './read-archive.js';

// Slow: archives with every kind of damage are written and read

const directory = mkdtempSync(join(tmpdir(), 'llm-warc-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;

interface Contents {
  readonly records: ArchiveRecord[];
  readonly damages: ArchiveDamage[];
}

async function read(bytes: Uint8Array, options: ReadArchiveOptions = {}): Promise<Contents> {
  const path = join(directory, `${files++}.warc`);
  writeFileSync(path, bytes);
  const contents: Contents = { records: [], damages: [] };
  for await (const item of readArchive(path, options)) {
    if (item.kind === 'record') contents.records.push(item.record);
    else contents.damages.push(item.damage);
  }
  return contents;
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
const blocks = (contents: Contents): string[] => contents.records.map((record) => text(record.block));
const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0);

const fixtures: FixtureRecord[] = [
  { type: 'warcinfo', block: 'software: none\r\n', id: 'a' },
  { type: 'response', block: 'first\r\n\r\nblock', id: 'b', url: 'http://example.org/1' },
  { type: 'metadata', block: '', id: 'c', url: '<http://example.org/2>' },
  { type: 'Resource', block: 'WARC/1.0 is only text here\r\n\r\n', id: 'd', url: 'http://example.org/3' },
];
const plain = fixtures.map((record) => warcRecord(record));
const members = plain.map((record) => gzipSync(record));

function expectFixtures(contents: Contents): void {
  expect(contents.damages).toEqual([]);
  expect(blocks(contents)).toEqual(fixtures.map((record) => record.block));
  expect(contents.records.map((record) => record.type)).toEqual([
    'warcinfo',
    'response',
    'metadata',
    'resource',
  ]);
  expect(contents.records.map((record) => record.recordId)).toEqual(['a', 'b', 'c', 'd']);
  expect(contents.records.map((record) => record.url).slice(1)).toEqual(
    ['1', '2', '3'].map((page) => `http://example.org/${page}`),
  );
  for (const record of contents.records) {
    expect(record).toMatchObject({ format: 'warc', tooLarge: false, contentLength: record.block.length });
    expect(record.damage).toBeUndefined();
  }
}

describe('readArchive: whole files', () => {
  it('reads a plain file, offsets pointing at the headers', async () => {
    const contents = await read(Buffer.concat(plain));
    expectFixtures(contents);
    expect(contents.records.map((record) => record.offset)).toEqual(
      plain.map((_, index) => sum(plain.slice(0, index).map((bytes) => bytes.length))),
    );
  });

  it('reads a gzip member a record, offsets pointing at the members', async () => {
    const heard: number[] = [];
    const file = Buffer.concat(members);
    const contents = await read(file, { onBytes: (bytes) => heard.push(bytes) });
    expectFixtures(contents);
    expect(contents.records.map((record) => record.offset)).toEqual(
      members.map((_, index) => sum(members.slice(0, index).map((bytes) => bytes.length))),
    );
    expect(heard.at(-1)).toBe(file.length);
    expect([...heard].sort((a, b) => a - b)).toEqual(heard);
  });

  it('reads one big member and members that end inside records', async () => {
    expectFixtures(await read(gzipSync(Buffer.concat(plain))));
    const all = Buffer.concat(plain);
    const cuts = [0, 100, 300, 301, 640, all.length];
    const pieces = cuts.slice(1).map((cut, index) => gzipSync(all.subarray(cuts[index], cut)));
    expectFixtures(await read(Buffer.concat(pieces)));
  });

  it('reads members with names and comments, padding and empty members', async () => {
    // RFC 1952: flags 4 (extra), 8 (name), 16 (comment), 2 (header CRC, two bytes).
    const withFields = (member: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 255, 3, 0, 1, 2, 3]),
        Buffer.from('name\0comment\0\0\0', 'latin1'),
        member.subarray(10),
      ]);
    const padded = [...members.map(withFields), gzipSync(''), Buffer.alloc(512)];
    expectFixtures(await read(Buffer.concat(padded)));
  });

  it('reads nothing from an empty file and says which input is missing', async () => {
    expect(await read(Buffer.alloc(0))).toEqual({ records: [], damages: [] });
    const missing = readArchive(join(directory, 'none.warc'));
    await expect(missing.next()).rejects.toMatchObject({ code: 'data/input-missing' });
    await expect(readArchive(directory).next()).rejects.toMatchObject({ code: 'data/input-missing' });
  });

  it('reads bare line feeds, folded fields and missing blank lines between records', async () => {
    const loose =
      'WARC/1.0\nWARC-Type: response\nWARC-Target-URI: http://e.org/\n  folded\nContent-Length: 3\n\nabc' +
      'WARC/0.18\nWARC-Type: metadata\ncontent-LENGTH:2\n\nde\n\n\n\n';
    const contents = await read(Buffer.from(loose));
    expect(contents.damages).toEqual([]);
    expect(blocks(contents)).toEqual(['abc', 'de']);
    expect(contents.records[0]?.url).toBe('http://e.org/ folded');
  });

  it('reads ARC, plain and gzip', async () => {
    const arc = [
      'filedesc://x.arc 0.0.0.0 20080430204825 text/plain 76\n1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n\n',
      'http://e.org/a 1.2.3.4 20080430204826 text/html 23\nHTTP/1.0 200 OK\n\n<p>\nx\n',
      'http://e.org/with space 1.2.3.4 20080430204827 no-type 3\nabc\n',
    ];
    for (const file of [Buffer.from(arc.join('')), Buffer.concat(arc.map((part) => gzipSync(part)))]) {
      const contents = await read(file);
      expect(contents.damages).toEqual([]);
      expect(contents.records.map((record) => [record.format, record.type, record.url])).toEqual([
        ['arc', 'warcinfo', 'filedesc://x.arc'],
        ['arc', 'response', 'http://e.org/a'],
        ['arc', 'response', 'http://e.org/with space'],
      ]);
      expect(blocks(contents).slice(1)).toEqual(['HTTP/1.0 200 OK\n\n<p>\nx\n', 'abc']);
      expect(contents.records[1]?.headers.get('warc-date')).toBe('20080430204826');
    }
  });
});

describe('readArchive: content codings', () => {
  const html = '<!doctype html><html><body><p>Grüße</p></body></html>';
  const cases: [string, string, Uint8Array][] = [
    ['nothing', '', Buffer.from(html)],
    ['gzip', 'Content-Encoding: gzip\r\n', gzipSync(html)],
    ['x-gzip', 'Content-Encoding: x-gzip\r\n', gzipSync(html)],
    ['deflate with a zlib header', 'Content-Encoding: deflate\r\n', deflateSync(html)],
    ['deflate without a header', 'Content-Encoding: deflate\r\n', deflateRawSync(html)],
    ['br', 'Content-Encoding: br\r\n', brotliCompressSync(html)],
    ['two codings', 'Content-Encoding: deflate, gzip\r\n', gzipSync(deflateSync(html))],
    ['a field that outlived its coding', 'Content-Encoding: gzip\r\n', Buffer.from(html)],
  ];
  const chunked = (body: Uint8Array): Buffer => {
    const half = body.length >> 1;
    const chunk = (part: Uint8Array): Buffer =>
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
    return Buffer.concat([
      chunk(body.subarray(0, half)),
      chunk(body.subarray(half)),
      Buffer.from('0\r\n\r\n'),
    ]);
  };

  it.each(cases)('undoes %s, chunked or not', async (_, field, body) => {
    const fields = `Content-Type: text/html\r\n${field}`.trimEnd();
    const contents = await read(
      warcGzip([
        { block: httpResponse(body, fields) },
        { block: httpResponse(chunked(body), `${fields}\r\nTransfer-Encoding: chunked`) },
      ]),
    );
    expect(contents.records).toHaveLength(2);
    for (const record of contents.records) {
      expect(readPage(record, { decompress: decompressContent })).toMatchObject({
        kind: 'keep',
        page: { content: html, metadata: { charset: 'utf-8' } },
      });
    }
  });
});

describe('readArchive: damage', () => {
  const good = (id: number): Buffer =>
    gzipSync(warcRecord({ block: `block ${id} `.repeat(200), id: `${id}` }));
  const ids = (contents: Contents): string[] =>
    contents.records.filter((record) => record.damage === undefined).map((record) => record.recordId);
  const bad = (contents: Contents): number =>
    contents.damages.length + contents.records.filter((record) => record.damage !== undefined).length;

  it('keeps what there is of a member that the file ends in', async () => {
    const last = good(3);
    const contents = await read(Buffer.concat([good(1), good(2), last.subarray(0, last.length - 12)]));
    expect(ids(contents)).toEqual(['1', '2']);
    expect(bad(contents)).toBe(1);
    expect(contents.records[2]).toMatchObject({ recordId: '3', damage: 'truncated' });
    expect(`${'block 3 '.repeat(200)}\r\n\r\n`.startsWith(text(contents.records[2]?.block))).toBe(true);
  });

  it('counts a member of which only the first bytes are there', async () => {
    const contents = await read(Buffer.concat([good(1), good(2).subarray(0, 14)]));
    expect(ids(contents)).toEqual(['1']);
    expect(contents.damages).toMatchObject([{ reason: 'truncated', offset: good(1).length, bytes: 14 }]);
  });

  it('loses one member to corrupt bytes, wherever they are', async () => {
    const middle = good(2);
    for (let at = 0; at < middle.length; at += 3) {
      const broken = Buffer.from(middle);
      broken.fill(0xa5, at, Math.min(at + 3, broken.length));
      const contents = await read(Buffer.concat([good(1), broken, good(3)]));
      // A changed time stamp or operating system is no damage,
      // nor is a changed length after a right checksum.
      const harmless = (at >= 4 && at < 10) || at >= middle.length - 4;
      const seen = ids(contents);
      expect([at, seen.filter((id) => id === '1' || id === '3')]).toEqual([at, ['1', '3']]);
      // Garbage may inflate to lines of its own: then a cut record and what follows it are two items.
      if (!harmless || seen.length < 3) {
        expect([at, seen.length]).toEqual([at, 2]);
        expect(bad(contents)).toBeGreaterThanOrEqual(1);
        expect(bad(contents)).toBeLessThanOrEqual(3);
      } else expect([at, bad(contents)]).toEqual([at, 0]);
    }
  });

  it('blames the record of a member whose checksum is wrong', async () => {
    const broken = good(2);
    broken.writeUInt32LE(0, broken.length - 8);
    const contents = await read(Buffer.concat([good(1), broken, good(3)]));
    expect(contents.damages).toEqual([]);
    expect(contents.records.map((record) => record.damage)).toEqual([undefined, 'corrupt', undefined]);
    expect(contents.records.map((record) => record.recordId)).toEqual(['1', '2', '3']);
  });

  it('finds the next member after bytes that belong to none', async () => {
    const garbage = Buffer.from('\x1f\x8b\x08 no member, \x1f\x8b neither', 'latin1');
    const contents = await read(Buffer.concat([good(1), garbage, good(2)]));
    expect(ids(contents)).toEqual(['1', '2']);
    expect(bad(contents)).toBe(1);
    expect(contents.damages).toMatchObject([{ offset: good(1).length, bytes: garbage.length }]);
  });

  it('reports the rest of a block whose Content-Length is too small', async () => {
    const wrong = 'WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nhello world\r\n\r\n';
    const contents = await read(Buffer.concat([Buffer.from(wrong), plain[1]!]));
    expect(blocks(contents)).toEqual(['hello', 'first\r\n\r\nblock']);
    // " world\r\n" is left over; blank lines separate records and are no damage.
    expect(contents.damages).toMatchObject([
      { reason: 'corrupt', offset: wrong.indexOf(' world'), bytes: ' world\r\n'.length },
    ]);
  });

  it('ends a record whose Content-Length is too large at the next member', async () => {
    const wrong = gzipSync('WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5000\r\n\r\nhello\r\n\r\n');
    const contents = await read(Buffer.concat([wrong, good(2), good(3)]));
    expect(ids(contents)).toEqual(['2', '3']);
    expect(contents.records[0]).toMatchObject({ damage: 'truncated', contentLength: 5000 });
    expect(text(contents.records[0]?.block)).toBe('hello\r\n\r\n');
    expect(contents.damages).toEqual([]);
  });

  it('marks a plain record cut by the end of the file', async () => {
    const whole = warcRecord({ block: 'a block of some length', id: 'x' });
    const contents = await read(whole.subarray(0, whole.length - 10));
    expect(contents.damages).toEqual([]);
    expect(contents.records).toMatchObject([{ recordId: 'x', damage: 'truncated', contentLength: 22 }]);
    expect(blocks(contents)).toEqual(['a block of some ']);
  });

  it('skips headers without a usable length and a file that is no archive', async () => {
    for (const length of ['', 'Content-Length: -4\r\n', 'Content-Length: many\r\n']) {
      const header = Buffer.from(`WARC/1.0\r\nWARC-Type: response\r\n${length}\r\n`);
      const contents = await read(Buffer.concat([header, plain[1]!]));
      expect(blocks(contents)).toEqual(['first\r\n\r\nblock']);
      expect(contents.damages).toMatchObject([{ reason: 'corrupt', offset: 0, bytes: header.length }]);
    }
    const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(300_000, 0x41)]);
    const contents = await read(zip);
    expect(contents.records).toEqual([]);
    expect(sum(contents.damages.map((damage) => damage.bytes))).toBe(zip.length);
  });
});

describe('readArchive: limits', () => {
  it('counts a page of 50 MB without keeping it and goes on', async () => {
    const size = 50_000_000;
    const page = Buffer.alloc(size, 'x');
    const small = warcRecord({ block: 'small', id: 'small' });
    for (const file of [
      Buffer.concat([gzipSync(warcRecord({ block: page, id: 'big' }), { level: 1 }), gzipSync(small)]),
      gzipSync(Buffer.concat([warcRecord({ block: page, id: 'big' }), small]), { level: 1 }),
    ]) {
      const contents = await read(file);
      expect(contents.damages).toEqual([]);
      expect(contents.records).toMatchObject([
        { recordId: 'big', tooLarge: true, contentLength: size },
        { recordId: 'small', tooLarge: false, contentLength: 5 },
      ]);
      expect(contents.records.map((record) => record.block.length)).toEqual([0, 5]);
    }
  });

  it('keeps a block of exactly the limit', async () => {
    const contents = await read(
      Buffer.concat([warcRecord({ block: 'x'.repeat(10) }), warcRecord({ block: 'x'.repeat(11) })]),
      { maxRecordBytes: 10 },
    );
    expect(contents.records.map((record) => [record.tooLarge, record.block.length])).toEqual([
      [false, 10],
      [true, 0],
    ]);
  });
});
