import { expect, it } from 'vitest';
import { blockModel } from './block-model.js';
import { cutBlocks } from './cut-blocks.js';
import { elementContext } from './element-context.js';
import { parsePage } from './page-tree.js';
import { standTogether } from './stand-together.js';

function together(html: string, probabilities: readonly number[], share = 0.5): number[] {
  const tree = parsePage(html)!;
  const blocks = cutBlocks(tree);
  const changed = Float32Array.from(probabilities);
  standTogether(blocks, elementContext(tree, blocks, blockModel().names), changed, share);
  return [...changed];
}

const evidence = (probability: number | undefined): number => Math.log(probability! / (1 - probability!));

it('draws blocks under the same names to their mean by words, and leaves others as they are', () => {
  const [one, other, alone] = together(
    '<div class="text"><p>three words here</p><p>one</p></div><div class="teaser"><p>two words</p></div>',
    [0.8, 0.2, 0.3],
  );
  // By hand: evidence ln 4 and -ln 4; their mean by words + 1 is (4 ln 4 - 2 ln 4) / 6 = ln 4 / 3.
  expect(evidence(one)).toBeCloseTo(Math.log(4) / 2 + Math.log(4) / 6, 5);
  expect(evidence(other)).toBeCloseTo(-Math.log(4) / 2 + Math.log(4) / 6, 5);
  expect(alone).toBeCloseTo(0.3, 6);
});

it('shares as much as is said', () => {
  const html = '<p class="text">word</p><p class="text">word</p>';
  expect(together(html, [0.5, 0.9], 0)[0]).toBeCloseTo(0.5, 6);
  expect(evidence(together(html, [0.5, 0.9], 0.2)[0])).toBeCloseTo(Math.log(9) / 10, 5);
});

it('keeps certainty finite', () => {
  expect(together('<p>a<p>b', [0, 1]).every((probability) => probability > 0 && probability < 1)).toBe(true);
});
