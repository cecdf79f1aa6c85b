import { MemoryStore } from '@llm/core/stores';
import { expect, test } from 'vitest';
import { readJson, writeJson } from './json-artifact.js';

test('what is empty or cut counts as not there', async () => {
  const store = new MemoryStore();
  expect(await readJson(store, 'a')).toBeUndefined();
  await writeJson(store, 'a', { fingerprint: 'x' });
  expect(await readJson(store, 'a')).toEqual({ fingerprint: 'x' });
  for (const torn of ['', '{"fingerprint": "x', '\0\0\0']) {
    await store.write('a', new TextEncoder().encode(torn));
    expect(await readJson(store, 'a')).toBeUndefined();
  }
});
