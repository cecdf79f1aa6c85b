import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';
import { jsonSource } from './json-source.js';

test('numbers, blanks and the order of keys stay as they were written', () => {
  const text = '{ "a" : [ {"x": 12345678901234567890 }, {"2": "b", "1": 1.0 , "y":1E400} ], "b":-0 }';
  expect(jsonSource(text, [])).toBe(text);
  expect(jsonSource(text, ['a', 0])).toBe('{"x": 12345678901234567890 }');
  expect(jsonSource(text, ['a', 0, 'x'])).toBe('12345678901234567890');
  expect(jsonSource(text, ['a', 1])).toBe('{"2": "b", "1": 1.0 , "y":1E400}');
  expect(jsonSource(text, ['a', 1, '1'])).toBe('1.0');
  expect(jsonSource(text, ['a', 1, 'y'])).toBe('1E400');
  expect(jsonSource(text, ['b'])).toBe('-0');
});

test('quotes, brackets and escapes inside texts do not mislead it', () => {
  const text = String.raw`{"k\"}": "a\\", "k": ["]}\"", "\u006b2"], "\u006bk": {"": "[{"}, "k": {"last": true}}`;
  expect(jsonSource(text, ['k"}'])).toBe(String.raw`"a\\"`);
  expect(jsonSource(text, ['kk', ''])).toBe('"[{"');
  // Of two members with one name the last counts.
  expect(jsonSource(text, ['k', 'last'])).toBe('true');
});

test('agrees with JSON.parse on every value of random documents', () => {
  const random = createRandom(7, 'json-source');
  const make = (depth: number): unknown => {
    const kind = depth === 0 ? 5 : random.integer(depth > 3 ? 4 : 6);
    if (kind === 0) return random.integer(1000) / 8;
    if (kind === 1) return random.pick([true, false, null]);
    if (kind < 4) return random.pick(['', 'a"b', '\\', '}{', '[,]', 'ü\n\u2028😀']);
    const size = 1 + random.integer(4);
    if (kind === 4) return Array.from({ length: size }, () => make(depth + 1));
    return Object.fromEntries(
      Array.from({ length: size }, (_, i) => [random.pick(['k', '"', ',', '0']) + i, make(depth + 1)]),
    );
  };
  let values = 0;
  const visit = (text: string, value: unknown, path: (string | number)[]): void => {
    values++;
    expect(JSON.parse(jsonSource(text, path))).toEqual(value);
    if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(text, item, [...path, i]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) visit(text, item, [...path, key]);
  };
  for (let round = 0; round < 200; round++) {
    const value = make(0);
    visit(JSON.stringify(value, null, random.integer(3)), value, []);
  }
  expect(values).toBeGreaterThan(800);
});
