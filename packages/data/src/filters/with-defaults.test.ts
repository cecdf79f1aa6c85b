import { expect, it } from 'vitest';
import { c4Quality } from './c4-quality.js';
import { fineWebQuality } from './fineweb-quality.js';
import { gopherQuality } from './gopher-quality.js';
import { gopherRepetition } from './gopher-repetition.js';

it.each([
  ['gopher-quality', () => gopherQuality({ minimumWords: 30 } as object)],
  ['gopher-repetition', () => gopherRepetition({ duplicateLines: 1 } as object)],
  ['c4', () => c4Quality({ preset: 'fineweb-v1' } as object)],
  ['fineweb', () => fineWebQuality({ shortLines: 3 } as object)],
])('%s refuses an option that it does not have', (step, make) => {
  expect(make).toThrow(new RegExp(`The step ${step} has no option ".*It has .*min|max|duplicate`));
});
