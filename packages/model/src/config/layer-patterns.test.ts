import { expect, test } from 'vitest';
import { createModelConfig } from './create-model-config.js';
import { byWindow, inPattern, shortestPattern, windowOf } from './layer-patterns.js';

const dimensions = { vocabularySize: 9, contextLength: 8, width: 32, heads: 2 };

test('a pattern says the same about every layer as the list it was made from, and is the shortest', () => {
  for (const [layers, pattern] of [
    ['11111', '1'],
    ['10101', '10'],
    ['11111011111011', '111110'],
    ['0011', '0011'],
    ['0', '0'],
  ] as const) {
    const list = [...layers].map((layer) => layer === '1');
    const found = shortestPattern(list);
    expect(found.map(Number).join('')).toBe(pattern);
    expect(list.map((_, layer) => inPattern(found, layer))).toEqual(list);
  }
});

test('what is made for each window is made once, and for none that no layer has', () => {
  const config = createModelConfig({
    ...dimensions,
    depth: 4,
    attentionWindow: 3,
    windowedLayers: [true, false, true, false],
  });
  expect(config.windowedLayers).toEqual([true, false]);
  const made: (number | undefined)[] = [];
  const of = byWindow(config, (window) => made.push(window));
  expect(made).toEqual([3, undefined]);
  expect([0, 1, 2, 3].map(of)).toEqual([1, 2, 1, 2]);
  expect([0, 1, 2, 3].map((layer) => windowOf(config, layer))).toEqual([3, undefined, 3, undefined]);
  const first: (number | undefined)[] = [];
  byWindow({ ...config, depth: 1 }, (window) => first.push(window));
  expect(first).toEqual([3]);
});

test('fields that contradict one another, or would be passed over, are refused by name', () => {
  for (const [fields, part] of [
    [{ attentionWindow: 0 }, 'attentionWindow is 0'],
    [{ attentionWindow: 2.5 }, 'attentionWindow is 2.5'],
    [{ windowedLayers: [true, false] }, 'windowedLayers is [true,false]; it must be [true] where'],
    [{ attentionWindow: 4, windowedLayers: [] }, 'windowedLayers is []'],
    [{ localRotaryBase: 100 }, 'localRotaryBase is 100; it must be undefined where'],
    [{ attentionWindow: 4, localRotaryBase: -1 }, 'localRotaryBase is -1'],
    [{ rotaryWidth: 3 }, 'rotaryWidth is 3'],
    [{ rotaryWidth: 18 }, 'rotaryWidth is 18'],
    [{ positions: 'learned', rotatedLayers: [false] }, 'rotatedLayers is [false]'],
    [{ normalization: 'layer', normalizationOffset: 1 }, 'normalizationOffset is 1'],
    [{ attentionScale: 0 }, 'attentionScale is 0'],
    [{ attentionLogitSoftcap: Number.NaN }, 'attentionLogitSoftcap is NaN'],
    [{ embeddingScale: 0 }, 'embeddingScale is 0'],
    [{ rotaryScaling: { type: 'linear', factor: -2 } }, 'of type linear with positive factor'],
    [{ rotaryScaling: { type: 'linear', factor: 2, betaFast: 3 } }, 'of type linear with positive factor'],
    [{ rotaryScaling: { type: 'ntk' } as never }, 'of type llama3, linear, yarn'],
    [{ depth: 10_001, attentionWindow: 4 }, 'depth is 10001; it must be at most 10000 where layers differ'],
  ] as const)
    expect(() => createModelConfig({ ...dimensions, ...(fields as object) })).toThrow(part);
});
