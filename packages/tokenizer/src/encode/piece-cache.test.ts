import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { hashBytes } from '../vocabulary/byte-map.js';
import { paddedView } from '../vocabulary/token-bytes.js';
import { PieceCache } from './piece-cache.js';
import { PieceEncoder } from './piece-encoder.js';

test('pieces of every length are found again with their ids, also after growing', () => {
  const random = createRandom(4, 'cache');
  const cache = new PieceCache();
  const entries = new Map<string, readonly [DataView, Int32Array]>();
  for (let i = 0; i < 20_000; i++) {
    const piece = Uint8Array.from({ length: 1 + random.integer(256) }, () => random.integer(4));
    if (entries.has(piece.join())) continue;
    const view = paddedView(piece);
    const ids = Int32Array.from({ length: 1 + random.integer(3) }, () => random.integer(1 << 21));
    const hash = hashBytes(view, 0, piece.length);
    expect(cache.find(view, 0, piece.length, hash)).toBe(0);
    cache.add(view, 0, piece.length, hash, ids, ids.length);
    entries.set(piece.join(), [view, ids]);
  }
  for (const [view, ids] of entries.values()) {
    const length = view.byteLength - 8;
    const entry = cache.find(view, 0, length, hashBytes(view, 0, length));
    expect(cache.arena.slice(entry + 1, entry + 1 + cache.countOf(entry))).toEqual(ids);
  }
});

test('an encoder whose cache is full goes on, and begins a new one', () => {
  const encoder = new PieceEncoder(
    {
      json: null,
      // Pieces of 256 bytes.
      scanner: (_, start, end) => Math.min(end, start + 256),
    },
    {
      // The id of every byte is the byte.
      merge(view, start, end, out, length) {
        for (let at = start; at < end; at++) out[length++] = view.getUint8(at);
        return length;
      },
    },
  );
  // 26,000 different pieces fill it.
  const text = Array.from({ length: 60_000 }, (_, i) => String(i).padStart(256, 'x')).join('');
  const bytes = new TextEncoder().encode(text);
  for (let run = 0; run < 2; run++) {
    encoder.restart();
    encoder.encode(text);
    expect(Buffer.compare(Buffer.from(Uint8Array.from(encoder.take())), Buffer.from(bytes))).toBe(0);
  }
});
