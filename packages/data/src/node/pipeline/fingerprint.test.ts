import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileFingerprint, fingerprint } from './fingerprint.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-fingerprint-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('fingerprint', () => {
  it('is the SHA-256 of the JSON', () => {
    // printf '{"a":[1,2]}' | sha256sum
    const expected = '01530d164d479cf08e26d3b1ad9bdba927120d97e2d057a6d792db778780d720';
    expect(fingerprint({ a: [1, 2] })).toBe(expected);
    expect(fingerprint({ a: new Set([1, 2]) })).toBe(fingerprint({ a: [1, 2] }));
    expect(fingerprint({ a: [2, 1] })).not.toBe(fingerprint({ a: [1, 2] }));
    expect(fingerprint({ a: 1, onEvent: () => undefined })).toBe(fingerprint({ a: 1 }));
  });

  it('of a file changes with its size, its beginning and its end', async () => {
    const of = async (bytes: Buffer): Promise<string> => {
      const path = join(directory, 'file');
      writeFileSync(path, bytes);
      return fileFingerprint(path);
    };
    const bytes = Buffer.alloc(200_000, 'a');
    const first = await of(bytes);
    expect(await of(bytes)).toBe(first);
    for (const at of [0, 65_535, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = 98;
      expect(await of(changed)).not.toBe(first);
    }
    expect(await of(bytes.subarray(1))).not.toBe(first);
  });
});
