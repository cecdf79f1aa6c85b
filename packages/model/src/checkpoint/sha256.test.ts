import { createHash } from 'node:crypto';
import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { Sha256, sha256 } from './sha256.js';

test("the Web's hash is Node's, whatever the pieces", () => {
  const random = createRandom(1);
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 100_000]) {
    const bytes = Uint8Array.from({ length }, () => random.integer(256));
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(sha256(bytes)).toBe(expected);
    const hash = new Sha256();
    for (let at = 0; at < length; ) {
      const end = Math.min(length, at + random.integer(150));
      hash.update(bytes.subarray(at, end));
      at = end;
    }
    expect(hash.digest(), `${length} bytes`).toBe(expected);
  }
  // FIPS 180-4's own example.
  const hash = new Sha256();
  hash.update(new TextEncoder().encode('abc'));
  expect(hash.digest()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
