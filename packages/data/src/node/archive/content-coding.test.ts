import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompressContent } from './content-coding.js';

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(2000);
const codings: [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
];
const decoded = (bytes: Uint8Array, coding: string, limit?: number): string | undefined => {
  const result = decompressContent(bytes, coding, limit);
  return result === undefined || result === 'too-large' ? result : Buffer.from(result).toString();
};

describe('decompressContent', () => {
  it.each(codings)('undoes %s', (coding, code) => {
    expect(decoded(code(Buffer.from(text)), coding)).toBe(text);
  });

  it.each(codings)('stops %s at the limit', (coding, code) => {
    const bomb = code(Buffer.alloc(4_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    expect(decompressContent(bomb, coding, 1_000_000)).toBe('too-large');
    expect(decompressContent(bomb, coding)).toHaveLength(4_000_000);
  });

  it('has a limit of 16 MiB by default', () => {
    expect(decompressContent(gzipSync(Buffer.alloc(16 * 1024 * 1024 + 1)), 'gzip')).toBe('too-large');
  });

  it.each(codings)('gives the beginning of a cut %s stream', (coding, code) => {
    let seed = 1;
    // Noise in letters, so that the stream is long enough for a cut in its middle.
    const noise = Array.from({ length: 60_000 }, () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return String.fromCharCode(97 + ((seed >>> 27) % 26));
    }).join('');
    const whole = code(Buffer.from(noise));
    const start = decoded(whole.subarray(0, whole.length >> 1), coding) ?? '';
    expect(start.length).toBeGreaterThan(10_000);
    expect(noise.startsWith(start)).toBe(true);
  });

  it('gives nothing for damaged bytes and unknown codings', () => {
    for (const coding of ['gzip', 'deflate', 'br']) {
      expect(decompressContent(Buffer.from('\xff\xff\xff not compressed', 'latin1'), coding)).toBeUndefined();
    }
    expect(decompressContent(gzipSync(text), 'compress')).toBeUndefined();
    expect(decompressContent(gzipSync(text), 'zstd')).toBeUndefined();
  });
});
