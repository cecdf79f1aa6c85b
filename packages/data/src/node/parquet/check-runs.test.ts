import { expect, test } from 'vitest';
import { checkLevelsV2, checkRuns, checkValues, type PageRuns } from './check-runs.js';

const runs: PageRuns = { values: 5, repetitionWidth: 0, definitionWidth: 1, coding: 'indices' };
const page = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
/** 2^30 values as a run: the number 2^31, seven bits a byte. */
const endless = [0x80, 0x80, 0x80, 0x80, 0x08];

test('levels and indices as writers have them', () => {
  // Five defined values; three bits wide, a run of three and a group of eight of which two are wanted.
  checkRuns(page(2, 0, 0, 0, 10, 1, 3, 6, 4, 3, 0b10_001_000, 0, 0), runs);
  // Groups of packed bits are filled up.
  checkValues(page(1, 1 + 2 * 63, ...new Array<number>(63).fill(0xff)), 0, runs);
  checkLevelsV2(page(10, 0, 10, 1), 2, { ...runs, repetitionWidth: 1 });
});

test('a run that is longer than its page, wherever it stands', () => {
  const message = 'a run of 1073741824 values in a page of 5';
  expect(() => checkRuns(page(2, 0, 0, 0, ...endless, 1), runs)).toThrow(message);
  expect(() => checkRuns(page(2, 0, 0, 0, 10, 1, 3, ...endless, 4), runs)).toThrow(message);
  expect(() =>
    checkRuns(page(9, 0, 0, 0, ...endless, 1), { ...runs, coding: 'booleans', definitionWidth: 0 }),
  ).toThrow(message);
  expect(() => checkLevelsV2(page(10, 0, ...endless, 1), 2, { ...runs, repetitionWidth: 1 })).toThrow(
    message,
  );
});

test('packed bits of no width that never end', () => {
  expect(() => checkValues(page(0, 0xff, 0xff, 0xff, 0xff, 0x0f), 0, runs)).toThrow('in a page of 5');
});
