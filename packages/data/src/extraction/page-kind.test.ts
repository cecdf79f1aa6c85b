import { describe, expect, it } from 'vitest';
import { cutBlocks } from './cut-blocks.js';
import { bucketOf } from './name-tokens.js';
import { kindBuckets, kindProbabilities, kindTokens, pageKinds } from './page-kind.js';
import { parsePage } from './page-tree.js';

const tokens = (html: string): number[] => {
  const tree = parsePage(html)!;
  return kindTokens(html, tree, cutBlocks(tree));
};
const sign = (text: string): number => bucketOf(text, 40) % kindBuckets;

describe('kindTokens', () => {
  it('reads what the page declares', () => {
    const found = tokens(
      '<!doctype html><html><head><meta content="product" property="og:type"><link rel="canonical" href="https://shop.example.com/p/old-lamp-7">' +
        '<script type="application/ld+json">{"@type": "Product", "offers": {"@type":["Offer"]}}</script></head>' +
        '<body class="single-product"><p>A lamp.</p></body></html>',
    );
    for (const text of [
      'ld Product',
      'ld Offer',
      'og product',
      'path lamp',
      'host shop',
      'depth 2',
      'body product',
    ])
      expect(found, text).toContain(sign(text));
    expect(tokens('<p>A lamp.</p>')).not.toContain(sign('og product'));
  });

  it('is linear in marks that lead nowhere', () => {
    expect(tokens(`${'"@type"'.repeat(100_000)}<p>x`).length).toBeLessThan(40);
  });
});

describe('kindProbabilities', () => {
  it('is a softmax over the kinds', () => {
    const weights = new Float32Array(pageKinds.length * (kindBuckets + 1));
    weights[2 * (kindBuckets + 1) + 5] = Math.log(3);
    const found = kindProbabilities([5], weights);
    expect(found[2]! / found[0]!).toBeCloseTo(3, 5);
    expect(found.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
  });
});
