import { expect, it } from 'vitest';
import { blockModel } from './block-model.js';
import { cutBlocks } from './cut-blocks.js';
import { elementContext } from './element-context.js';
import { parsePage } from './page-tree.js';
import { standTogether } from './stand-together.js';

function together(html: string, probabilities: readonly number[]): number[] {
  const tree = parsePage(html)!;
  const blocks = cutBlocks(tree);
  const changed = Float32Array.from(probabilities);
  standTogether(blocks, elementContext(tree, blocks, blockModel().names), changed);
  return [...changed];
}

it('draws blocks of one kind to their mean by words, and leaves one that has no like as it is', () => {
  const [one, other, alone] = together(
    '<div class="text"><p>three words here</p><p>one</p></div><h2>a heading</h2>',
    [0.8, 0.2, 0.3],
  );
  // By hand: evidence ±ln 4; means of both groups by words + 1: (4 ln 4 − 2 ln 4) / 6 = ln 4 / 3.
  const odds = (evidence: number): number => 1 / (1 + Math.exp(-evidence));
  expect(one).toBeCloseTo(odds(Math.log(4) / 2 + Math.log(4) / 6), 6);
  expect(other).toBeCloseTo(odds(-Math.log(4) / 2 + Math.log(4) / 6), 6);
  expect(alone).toBeCloseTo(0.3, 6);
});

it('counts a like by tags alone half as much as one by names and tags', () => {
  const [first] = together('<p class="text">word</p><p class="text">word</p>', [0.5, 0.9]);
  const [second] = together('<p class="text">word</p><p class="teaser">word</p>', [0.5, 0.9]);
  const evidence = (p: number | undefined): number => Math.log(p! / (1 - p!));
  expect(evidence(first)).toBeCloseTo(Math.log(9) / 4, 5);
  expect(evidence(second)).toBeCloseTo(Math.log(9) / 8, 5);
});

it('keeps certainty finite', () => {
  expect(together('<p>a<p>b', [0, 1]).every((p) => p > 0 && p < 1)).toBe(true);
});
