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
    expect(nameTokens('relatedposts')).toEqual([bucketOf('relatedposts', 1), bucketOf('relat', 2), bucketOf('posts', 3)]);
  });

  it('says the same again', () => {
    expect(nameTokens('site-footer')).toEqual(nameTokens('site-footer'));
  });
});

describe('lineTokens', () => {
  it('reads words in any script, numbers as one', () => {
    expect(lineTokens('12 Kommentare', 10)).toEqual(lineTokens('7 KOMMENTARE', 10));
    expect(lineTokens('ещё статьи', 10)).toHaveLength(3);
    expect(lineTokens('…', 10)).toEqual([]);
  });
});
