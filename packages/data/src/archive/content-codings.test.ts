import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompressContent } from '../node/archive/content-coding.js';
import { undoContentCodings } from './content-codings.js';

const page =
  '<center><h2>The harbour</h2></center> <p>Grüße aus dem Hafen, der vor langer Zeit gebaut wurde.</p>'.repeat(
    5,
  );
const undone = (body: Uint8Array, contentEncoding: string): string => {
  const bytes = undoContentCodings(body, contentEncoding, decompressContent);
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
};

describe('undoContentCodings', () => {
  it.each([
    '',
    'identity',
    'gzip',
    'deflate',
    'br',
    'UTF-8',
    'none',
    'text/html',
    'gzip, br',
    'x-gzip',
    'zstd',
    'chunked',
  ])('takes text labelled %s for what it is', (label) => {
    expect(undone(Buffer.from(page), label)).toBe(page);
    expect(undone(Buffer.from(page, 'utf16le'), label)).toBe(Buffer.from(page, 'utf16le').toString());
  });

  it.each(['', 'gzip', 'x-gzip', 'GZip', 'deflate', 'br', 'none', 'gzip, gzip'])(
    'undoes gzip labelled %s',
    (label) => {
      expect(undone(gzipSync(page), label)).toBe(page);
      expect(undone(gzipSync(gzipSync(page)), label)).toBe(page);
    },
  );

  it('goes by the label where the bytes do not tell', () => {
    expect(undone(deflateRawSync(page), 'deflate')).toBe(page);
    expect(undone(deflateSync(page), 'deflate')).toBe(page);
    expect(undone(deflateSync(page), 'gzip')).toBe(page);
    expect(undone(brotliCompressSync(page), 'br')).toBe(page);
    expect(undone(gzipSync(deflateSync(page)), 'deflate, gzip')).toBe(page);
    expect(undone(brotliCompressSync(gzipSync(page)), 'gzip, br')).toBe(page);
  });

  it('leaves out what follows the last gzip member', () => {
    for (const tail of [
      '\0\0\0',
      'garbage',
      '\x1f\x8b\x08',
      '\x1f\x8b\x08\0\0\0\0\0\0\x03garbage',
      '<!-- cached -->',
    ])
      expect(undone(Buffer.concat([gzipSync(page), Buffer.from(tail, 'latin1')]), 'gzip')).toBe(page);
    expect(undone(Buffer.concat([gzipSync(page), gzipSync(page)]), 'gzip')).toBe(page + page);
  });

  it('calls noise corrupt and stops at bombs', () => {
    const noise = Buffer.from(
      Array.from({ length: 600 }, (_, index) => (index * index * 31 + index * 7) % 256),
    );
    for (const label of ['gzip', 'br', 'deflate', 'zstd'])
      expect([label, undone(noise, label)]).toEqual([label, 'corrupt']);
    expect(undone(gzipSync(Buffer.alloc(2e7)), '')).toBe('too-large');
    expect(undone(gzipSync(gzipSync(Buffer.alloc(2e7))), 'gzip')).toBe('too-large');
    const many = Array.from({ length: 20 }).reduce<Buffer>((bytes) => gzipSync(bytes), Buffer.from(page));
    expect(undone(many, 'gzip')).not.toBe(page);
  });
});
