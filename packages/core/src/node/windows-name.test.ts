import { expect, test } from 'vitest';
import { isWindowsName } from './windows-name.js';

test('names that Windows takes for devices, streams, patterns or shorter names', () => {
  for (const name of [
    'nul',
    'CON',
    'com1.json',
    'LPT9.a.b',
    'aux .txt',
    'a:b',
    'a?',
    '*',
    'x<y',
    'end.',
    'end ',
  ])
    expect([name, isWindowsName(name)]).toEqual([name, false]);
  for (const name of [
    'null',
    'console.json',
    'com10',
    'a.b.c',
    '.hidden',
    'step-00000001',
    'naïve 文',
    'com.txt',
  ])
    expect([name, isWindowsName(name)]).toEqual([name, true]);
});
