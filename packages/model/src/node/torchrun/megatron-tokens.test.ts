import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import fixture from '../../fixtures/megatron-tokens.json' with { type: 'json' };
import { writeMegatronTokens } from './megatron-tokens.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'llm-megatron-'));
});
afterAll(() => rm(directory, { recursive: true }));

const { documents, files, bosToken } = fixture;

function shardsOf(idBytes: 2 | 4): Parameters<typeof writeMegatronTokens>[1] {
  return {
    count: documents.length,
    manifest: { idBytes } as Parameters<typeof writeMegatronTokens>[1]['manifest'],
    length: (document) => documents[document]!.length,
    read: (document, from, count, target, at) =>
      target.set(documents[document]!.slice(from, from + count), at),
  };
}

// Written by IndexedDatasetBuilder of megatron-core 0.16.1: see tooling/oracles/model/megatron_tokens.py.
test.each([
  ['uint16', 2],
  ['int32', 4],
] as const)('the files are those that Megatron writes, to the byte: %s', async (type, idBytes) => {
  const prefix = join(directory, type);
  await writeMegatronTokens(prefix, shardsOf(idBytes), bosToken);
  for (const part of ['bin', 'idx'] as const)
    expect((await readFile(`${prefix}.${part}`)).toString('base64'), part).toBe(files[type][part]);
});

test('without BOS the ids are the documents alone, and no document is a file as well', async () => {
  const prefix = join(directory, 'plain');
  await writeMegatronTokens(prefix, shardsOf(2), null);
  const bytes = await readFile(`${prefix}.bin`);
  expect([...new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)]).toEqual(documents.flat());
  await writeMegatronTokens(prefix, { ...shardsOf(2), count: 0 }, null);
  expect((await readFile(`${prefix}.bin`)).length).toBe(0);
  expect((await readFile(`${prefix}.idx`)).length).toBe(34 + 8);
});
