import type { Tokenizer } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { expect, test } from 'vitest';
import { continuationTokens } from './continuation-tokens.js';

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
const cut = (context: string, continuation: string, contextLength = 8) => {
  const found = continuationTokens(tokenizer, bos, context, continuation, contextLength);
  return found && { ...found, ids: [...found.ids] };
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
  expect(cut('x', 'zzzz', 3)).toBeUndefined();
});

test('a continuation without a token is an error', () => {
  expect(() => cut('x', '')).toThrow('is no token');
});
