import { describe, expect, it } from 'vitest';
import { bucketOf, lineTokens, nameBuckets, nameTokens } from './name-tokens.js';

describe('bucketOf', () => {
  // Published: FNV-1a of "a" is e40c292c, of "foobar" bf9cf968; the upper half is folded into the lower.
  it.each([
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('is FNV-1a of %s', (word, hash) => {
    expect(bucketOf(word, 0)).toBe(((hash ^ (hash >>> 15)) >>> 0) % nameBuckets);
  });
});

describe('nameTokens', () => {
  it('reads names without their digits, and their parts', () => {
    expect(nameTokens('post-123 entry')).toEqual(nameTokens('post-9 entry'));
    expect(nameTokens('post entry')).toEqual([bucketOf('post', 1), bucketOf('entry', 1)]);
    expect(nameTokens('relatedposts')).toEqual([
      bucketOf('relatedposts', 1),
      bucketOf('relat', 2),
      bucketOf('posts', 3),
    ]);
  });

  it('says the same again', () => {
    expect(nameTokens('site-footer')).toEqual(nameTokens('site-footer'));
  });
});

describe('lineTokens', () => {
  const hashes = Int32Array.from([11, 22, 33]);

  it('has a bucket a word and one for the first two together', () => {
    const two = lineTokens(hashes, 0, 2, 10);
    expect(two).toHaveLength(3);
    expect(lineTokens(hashes, 0, 3, 10).slice(0, 2)).toEqual(two.slice(0, 2));
    expect(lineTokens(hashes, 0, 1, 10)[0]).toBe(two[0]);
    expect(lineTokens(hashes, 0, 1, 10)[1]).not.toBe(two[2]);
    expect(lineTokens(hashes, 1, 1, 10)).toEqual([]);
  });

  it('tells tables apart by salt', () => {
    expect(lineTokens(hashes, 0, 2, 20)).not.toEqual(lineTokens(hashes, 0, 2, 10));
  });
});
