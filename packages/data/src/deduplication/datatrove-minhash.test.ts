import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMinhasher } from './minhash.js';
import { sha1Words } from './sha1.js';
import { xxhash64Words } from './xxhash64.js';

interface Row {
  readonly hash: 'sha1' | 'xxhash';
  readonly options: {
    readonly n_grams?: number;
    readonly num_buckets?: number;
    readonly hashes_per_bucket?: number;
    readonly seed?: number;
  };
  readonly signatures: readonly ({ readonly first: readonly string[]; readonly sha256: string } | null)[];
}

// Written by tooling/oracles/data/minhash.py with datatrove 0.10.1.
const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/datatrove-minhash.json', import.meta.url), 'utf8'),
) as {
  readonly texts: readonly string[];
  readonly hashes: readonly { readonly length: number; readonly sha1: string; readonly xxhash: string }[];
  readonly rows: readonly Row[];
};

describe("datatrove's MinHash", () => {
  it.each(fixture.rows)('has the same bytes: $hash, $options', ({ hash, options, signatures }) => {
    const hasher = createMinhasher({
      hashes: `datatrove-${hash}`,
      wordsPerShingle: options.n_grams,
      buckets: options.num_buckets,
      hashesPerBucket: options.hashes_per_bucket,
      seed: options.seed,
    });
    const found = fixture.texts.map((text) => {
      const minima = hasher.minima(text);
      if (minima === undefined) return null;
      const bytes = new Uint8Array(minima.buffer);
      const first = [...new BigUint64Array(minima.buffer, 0, 2)].map(String);
      return { first, sha256: createHash('sha256').update(bytes).digest('hex') };
    });
    expect(found).toEqual(signatures);
  });

  it.each(fixture.hashes)('hashes texts of any length as datatrove does (about $length bytes)', (row) => {
    const text = 'abcdefghij'.slice(0, row.length % 11).repeat(Math.floor(row.length / 11) + 1);
    const bytes = new TextEncoder().encode(text);
    for (const [name, hash] of [
      ['sha1', sha1Words],
      ['xxhash', xxhash64Words],
    ] as const) {
      const words = new Int32Array(2);
      hash(bytes, bytes.length, words, 0);
      expect(String(new BigUint64Array(words.buffer)[0])).toBe(row[name]);
    }
  });

  it('joins what shares a bucket, and only that', () => {
    const hasher = createMinhasher({ hashes: 'datatrove-sha1' });
    const [first, again] = [fixture.texts[3]!, `${fixture.texts[3]!.toUpperCase()} `].map((text) =>
      hasher.signature(text),
    );
    expect(first).toEqual(again);
    const other = hasher.signature(fixture.texts[5]!)!;
    expect(first!.filter((word, at) => word === other[at])).toHaveLength(0);
  });
});
