import { expect, test } from 'vitest';
import { blockSize, dealBlock, isRepeat } from './deck.js';

test('every block holds the same cards; the first forty repeat nothing', () => {
  const kinds = (block: number): string[] =>
    dealBlock('deck', block)
      .map((card) => `${card.type} ${'kind' in card ? card.kind : 'language' in card ? card.language : ''}`)
      .sort();
  expect(kinds(0)).toHaveLength(blockSize);
  expect(kinds(7)).toEqual(kinds(0));
  expect(dealBlock('deck', 7)).not.toEqual(dealBlock('deck', 0));
  for (let block = 0; block < 20; block++)
    expect(dealBlock('deck', block).slice(0, 40).some(isRepeat)).toBe(false);
});

test('one mirror in each block is between the certain ones, in turn', () => {
  const similarities = (block: number): number[] =>
    dealBlock('deck', block).flatMap((card) => (card.type === 'mirror' ? [card.similarity] : []));
  expect(similarities(0)).toContain(0.8);
  expect(similarities(3)).toContain(0.5);
  expect(similarities(0)).toHaveLength(9);
});
