import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflateSource } from './inflate-source.js';

interface Seen {
  bytes: number;
  members: number;
  damages: number;
  damaged: number;
  consumed: number;
}

async function inflate(file: Uint8Array): Promise<Seen> {
  const seen: Seen = { bytes: 0, members: 0, damages: 0, damaged: 0, consumed: 0 };
  const source = (async function* () {
    for (let at = 0; at < file.length; at += 65_536) yield file.subarray(at, at + 65_536);
  })();
  const hear = (count: number): void => {
    seen.consumed = count;
  };
  for await (const part of inflateSource(source, () => true, hear)) {
    if (part.kind === 'bytes') seen.bytes += part.bytes.length;
    if (part.kind === 'member') seen.members++;
    if (part.kind === 'damage') {
      seen.damages++;
      seen.damaged += part.damage.bytes;
    }
  }
  return seen;
}

/**
 * Members that each hold the headers of the next as stored bytes and end in a wrong checksum: every one of
 * them inflates to the end of the file, and none is whole.
 */
function overlapping(count: number): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  const pieces: Buffer[] = [];
  const total = count * 15;
  for (let index = 0; index < count; index++) {
    const length = Math.min(65_535, total - (index + 1) * 15);
    const stored = Buffer.alloc(5);
    stored.writeUInt8(1, 0);
    stored.writeUInt16LE(length, 1);
    stored.writeUInt16LE(~length & 0xffff, 3);
    pieces.push(header, stored);
  }
  return Buffer.concat([...pieces, Buffer.alloc(16)]);
}

describe('inflateSource', () => {
  it('gives out every byte of whole members and says what it consumed', async () => {
    const parts = ['one', '', 'three'.repeat(100_000), 'x'];
    const file = Buffer.concat(parts.map((part) => gzipSync(part)));
    expect(await inflate(file)).toMatchObject({
      bytes: 500_004,
      members: 4,
      damages: 0,
      consumed: file.length,
    });
    const plain = Buffer.from('plain text');
    expect(await inflate(plain)).toMatchObject({ bytes: 10, members: 0, consumed: 10 });
  });

  it('accounts for every byte that belongs to no member', async () => {
    const whole = gzipSync('a whole member');
    const garbage = Buffer.alloc(3_000_000, 'garbage \x1f');
    const file = Buffer.concat([whole, garbage, whole]);
    expect(await inflate(file)).toMatchObject({ damages: 1, damaged: garbage.length, bytes: 28 });
  });

  it('inflates members that overlap no more than some times each', async () => {
    // Each of them gives out what it inflates to before its checksum is found wrong.
    const work = async (count: number): Promise<number> => {
      const file = overlapping(count);
      const seen = await inflate(file);
      expect(seen.consumed).toBe(file.length);
      expect(seen.damages).toBeGreaterThan(0);
      return seen.bytes / file.length;
    };
    const [few, many] = [await work(5000), await work(20_000)];
    expect(few).toBeGreaterThan(1);
    expect(Math.max(few, many)).toBeLessThan(20);
  });
});
