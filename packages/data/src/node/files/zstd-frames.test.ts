import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SourceWindow } from './source-window.js';
import { inflateZstd, isZstd } from './zstd-frames.js';

/**
 * Two frames with one to be passed over between them, of python-zstandard 0.25: levels 3 with checksum and
 * 19.
 */
const frames = readFileSync(new URL('fixtures/two-frames.jsonl.zst', import.meta.url));
const content = Array.from(
  { length: 3000 },
  (_, row) => `{"text": "row ${row} of the mill by the river"}\n`,
).join('');

async function inflated(bytes: Uint8Array, pieceBytes: number): Promise<{ text: string; damage: unknown[] }> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const parts: Uint8Array[] = [];
  const damage: unknown[] = [];
  for await (const part of inflateZstd(new SourceWindow(pieces()))) {
    if (part.kind === 'bytes') parts.push(part.bytes);
    else if (part.kind === 'damage') damage.push(part.damage);
  }
  return { text: Buffer.concat(parts).toString(), damage };
}

test('frames one after another, however they arrive', async () => {
  expect(isZstd(frames)).toBe(true);
  for (const pieceBytes of [1, 1000, 1 << 20])
    expect(await inflated(frames, pieceBytes)).toEqual({ text: content, damage: [] });
});

test('what is cut or no frame is said', async () => {
  const cut = await inflated(frames.subarray(0, frames.length - 100), 500);
  expect(cut.damage).toMatchObject([{ reason: 'truncated' }]);
  expect(content.startsWith(cut.text)).toBe(true);
  const other = await inflated(Buffer.concat([frames, Buffer.from('and something else')]), 500);
  expect(other.text).toBe(content);
  expect(other.damage).toMatchObject([{ reason: 'corrupt' }]);
});
