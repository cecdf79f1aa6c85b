import { expect, test } from 'vitest';
import { createSearchTool } from './search-tool.js';

const documents = [
  { title: 'Ada', text: 'Ada wrote a program for the engine.' },
  { title: 'Engine', text: 'The engine has gears, and gears, and gears. It was never built.' },
  { title: 'Tea', text: 'Tea is a drink.' },
];

test('rare words count more than common ones; equal documents keep their order', () => {
  const search = createSearchTool(documents);
  expect(search.name).toBe('search');
  expect(search.call('who wrote the program?')).toBe('Ada: Ada wrote a program for the engine.');
  expect(search.call('gears of an engine')).toMatch(/^Engine: /);
  expect(createSearchTool(documents, { results: 2, length: 8 }).call('ENGINE')).toBe(
    'Engine: The engi\nAda: Ada wrot',
  );
});

test('bad input is an answer', () => {
  const search = createSearchTool(documents);
  expect(search.call('?')).toBe('error: nothing to search for');
  expect(search.call('zebra')).toBe('error: nothing found');
  expect(createSearchTool([]).call('tea')).toBe('error: nothing found');
  expect(() => createSearchTool([], { results: 0 })).toThrow('results is 0');
});
