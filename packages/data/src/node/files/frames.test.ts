import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ArchiveDamage } from '../../archive/archive-record.js';
import { inflateSource } from './inflate-source.js';

/** Written by tooling/oracles/data/archive_frames.py, python-zstandard and lz4: 30 records, a frame each. */
const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const plain = await inflate(fixture('frames.warc.zst'));
/** Three frames of a file, by where they start. */
const frames = ['frames.warc.zst', 'dictionary.warc.zst', 'packed-dictionary.warc.zst', 'frames.warc.lz4'];

interface Inflated {
  readonly text: string;
  readonly starts: number[];
  readonly damages: ArchiveDamage[];
}

async function inflate(bytes: Uint8Array, pieceBytes = 1000): Promise<Inflated> {
  const parts: Uint8Array[] = [];
  const [starts, damages]: [number[], ArchiveDamage[]] = [[], []];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  for await (const part of inflateSource(source(), () => true)) {
    if (part.kind === 'bytes') parts.push(part.bytes);
    else if (part.kind === 'member') starts.push(part.offset);
    else damages.push(part.damage);
  }
  return { text: Buffer.concat(parts).toString(), starts, damages };
}

const pages = (text: string): string[] => text.match(/(?<=<p>Page )\d+/g) ?? [];

describe('frames of Zstandard and LZ4', () => {
  it.each(frames)('%s holds what the others hold, however it arrives', async (name) => {
    expect(pages(plain.text)).toEqual(Array.from({ length: 30 }, (_, index) => `${index}`));
    for (const pieceBytes of [1, 77, 1 << 20]) {
      const found = await inflate(fixture(name), pieceBytes);
      expect(found).toMatchObject({ text: plain.text, damages: [] });
      expect(found.starts.length).toBe(30);
    }
  });

  it.each(['linked.warc.lz4', 'independent.warc.lz4'])('%s is one frame of many blocks', async (name) => {
    const { text, starts, damages } = await inflate(fixture(name));
    expect([text === plain.text.repeat(12), starts, damages]).toEqual([true, [0], []]);
  });

  it.each(frames)('a damaged frame of %s costs itself, and the place is said', async (name) => {
    const { starts } = await inflate(fixture(name));
    for (const frame of [0, 9, 29]) {
      const bytes = fixture(name);
      const end = starts[frame + 1] ?? bytes.length;
      // In the middle of a block: sizes are as they were.
      const at = (starts[frame]! + end) >> 1;
      bytes.fill(0xff, at, at + 6);
      const { text, damages } = await inflate(bytes);
      const lost = new Set(pages(text));
      expect(
        Array.from({ length: 30 }, (_, index) => `${index}`).filter(
          (page) => !lost.has(page) && page !== `${frame}`,
        ),
      ).toEqual([]);
      // fzstd compares no checksums: noise that inflates is not noticed.
      if (name.endsWith('.lz4'))
        expect(damages).toMatchObject([
          { reason: 'corrupt', offset: starts[frame], bytes: end - starts[frame]! },
        ]);
    }
  });

  it.each(frames)('%s that is cut gives what is whole, and noise between frames is counted', async (name) => {
    const bytes = fixture(name);
    const { starts } = await inflate(bytes);
    const cut = await inflate(bytes.subarray(0, starts[20]! + 25));
    expect(cut.damages).toMatchObject([{ reason: 'truncated', offset: starts[20] }]);
    expect(pages(cut.text).length).toBeGreaterThanOrEqual(20);
    const noise = Buffer.from('this is no frame at all, and rather long');
    const split = await inflate(
      Buffer.concat([bytes.subarray(0, starts[5]!), noise, bytes.subarray(starts[5]!)]),
    );
    expect(split.text).toBe(plain.text);
    expect(split.damages).toMatchObject([{ reason: 'corrupt', offset: starts[5], bytes: noise.length }]);
  });

  it('refuses windows that would fill the memory, and frames without their dictionary', async () => {
    const wide = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0x01, 0x00, 0x00, ...Array(30).fill(0)]);
    expect((await inflate(wide)).damages[0]?.message).toMatch(/window/);
    const bytes = fixture('dictionary.warc.zst');
    const { starts } = await inflate(bytes);
    const alone = await inflate(bytes.subarray(starts[0]!));
    expect(alone.damages.length).toBe(30);
    expect(alone.damages[0]?.message).toMatch(/dictionary/);
  });
});
