import type { Tokenizer } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { expect, test } from 'vitest';
import { continuationTokens } from './continuation-tokens.js';
import { isLeftOut } from './left-out.js';

/** Bytes, and one merge: " y" is 300. */
const bytes = new ByteTokenizer();
const tokenizer: Tokenizer = {
  specificationVersion: 'v1',
  vocabularySize: 301,
  specialTokens: bytes.specialTokens,
  encode: (text) =>
    Int32Array.from(text.split(' y').flatMap((part, i) => [...(i > 0 ? [300] : []), ...bytes.encode(part)])),
  decode: (ids) => bytes.decode(ids),
  decodeBytes: (ids) => bytes.decodeBytes(ids),
  byteLength: (id) => (id === 300 ? 2 : bytes.byteLength(id)),
};
const bos = 256;
const [x, z] = [...bytes.encode('xz')] as [number, number];
const cut = (context: string, continuation: string, contextLength = 8, start: number | null = bos) => {
  const found = continuationTokens(tokenizer, start, context, continuation, contextLength);
  return isLeftOut(found) ? found.reason : { ...found, ids: [...found.ids] };
};

test('a blank at the end of the context belongs to the continuation, so the tokenizer may merge it', () => {
  expect(cut('x ', 'y')).toEqual({ ids: [bos, x, 300], length: 1, truncated: false });
  expect(cut('x', ' y')).toEqual({ ids: [bos, x, 300], length: 1, truncated: false });
  expect(cut('', 'xz')).toEqual({ ids: [bos, x, z], length: 2, truncated: false });
});

test('what does not fit loses its beginning; the last token is only predicted', () => {
  expect(cut('xx', 'z', 3)).toEqual({ ids: [bos, x, x, z], length: 1, truncated: false });
  expect(cut('xxx', 'z', 3)).toEqual({ ids: [x, x, x, z], length: 1, truncated: true });
  expect(cut('x', 'zzz', 3)).toEqual({ ids: [x, z, z, z], length: 3, truncated: true });
  expect(cut('x', 'zzzz', 3)).toBe('too-long');
});

test('a continuation without a token is left out', () => {
  expect(cut('x', '')).toBe('empty');
});

test('where nothing begins a document, its first token is only context', () => {
  expect(cut('x', 'z', 8, null)).toEqual({ ids: [x, z], length: 1, truncated: false });
  expect(cut('', 'xzz', 8, null)).toEqual({ ids: [x, z, z], length: 2, truncated: false });
  expect(cut('', 'x', 8, null)).toBe('empty');
  expect(cut('xx', 'z', 2, null)).toEqual({ ids: [x, x, z], length: 1, truncated: false });
});
