import { expect, test } from 'vitest';
import { settingRows } from './settings.js';

test('settings are named by their place, those that differ first', () => {
  const rows = settingRows([
    { seed: 1, model: { depth: 2, width: null }, files: [] },
    { seed: 1, model: { depth: 4, width: null }, files: [{ path: 'a' }] },
  ]);
  expect(rows).toEqual([
    { name: 'model.depth', values: ['2', '4'], differs: true },
    { name: 'files', values: ['none', undefined], differs: true },
    { name: 'files.0.path', values: [undefined, 'a'], differs: true },
    { name: 'seed', values: ['1', '1'], differs: false },
    { name: 'model.width', values: ['null', 'null'], differs: false },
  ]);
  expect(settingRows([null])).toEqual([]);
});
