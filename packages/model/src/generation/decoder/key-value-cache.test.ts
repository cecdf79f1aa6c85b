import { expect, test } from 'vitest';
import { createModelConfig } from '../../config/create-model-config.js';
import { KeyValueCache } from './key-value-cache.js';
import { RowEnds } from './token-feeds.js';

const config = createModelConfig({
  vocabularySize: 16,
  contextLength: 128,
  depth: 1,
  width: 16,
  headWidth: 8,
});

/** One row that reads so many tokens, each with keys and values of its own. */
function read(cache: KeyValueCache, ends: RowEnds, count: number, first: number): void {
  cache.reserve(count);
  const shape = [2, config.keyValueHeads, count, config.headWidth];
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => first + i);
  cache.append({ type: 'float32', shape, data }, [count]);
  ends.advance([new Int32Array(count)]);
}

const arrayOf = (cache: KeyValueCache): ArrayBufferLike =>
  (cache.feeds()['past.0.key']!.data as Float32Array).buffer;

test('a row whose length is known grows to its last token within one array', () => {
  const ends = new RowEnds(1, 128);
  const cache = new KeyValueCache(config, ends, 52);
  read(cache, ends, 12, 1);
  const [array, before] = [arrayOf(cache), (cache.feeds()['past.0.key']!.data as Float32Array).slice(0, 96)];
  for (let token = 0; token < 40; token++) read(cache, ends, 1, 1000 * token);
  expect(arrayOf(cache)).toBe(array);
  expect(cache.feeds()['past.0.key']!.shape[3]).toBe(64);
  expect((cache.feeds()['past.0.key']!.data as Float32Array).slice(0, 96)).toEqual(before);
});

test('one that grows past it gives its old array back, and all of them at its end', () => {
  const ends = new RowEnds(1, 128);
  const cache = new KeyValueCache(config, ends, 20);
  read(cache, ends, 12, 1);
  const small = arrayOf(cache);
  read(cache, ends, 60, 1);
  const large = arrayOf(cache);
  expect([small.byteLength, large.byteLength]).toEqual([0, 96 * 16 * 4]);
  cache.dispose();
  expect(large.byteLength).toBe(0);
});
