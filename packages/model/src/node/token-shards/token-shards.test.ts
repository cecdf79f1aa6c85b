import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type RunEvent } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readLlmcTokens, writeLlmcTokens } from './llmc-tokens.js';
import type { TokenShardManifest } from './manifest.js';
import { openTokenShards, type TokenShards } from './open-token-shards.js';
import { tokenizerDigest } from './tokenizer-digest.js';
import { writeTokenShards } from './write-token-shards.js';

const tokenizer = new ByteTokenizer();
const random = createRandom(3);
const documents = Array.from({ length: 40 }, () =>
  Int32Array.from({ length: random.integer(60) }, () => random.integer(257)),
);
const whole = documents.filter(({ length }) => length > 0);
let root: string;
let directory: string;
let counter = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'llm-shards-'));
});
beforeEach(() => {
  directory = join(root, String(counter++));
});
afterAll(() => rm(root, { recursive: true }));

/** Every document, read piece by piece. */
function contents(shards: TokenShards): Int32Array[] {
  return Array.from({ length: shards.count }, (_, document) => {
    const target = new Int32Array(shards.length(document));
    const half = target.length >> 1;
    shards.read(document, half, target.length - half, target, half);
    shards.read(document, 0, half, target, 0);
    return target;
  });
}

/** A tokenizer with more ids than uint16 has. */
const wide = Object.assign(Object.create(tokenizer) as ByteTokenizer, { vocabularySize: 70_000 });

describe('token shards', () => {
  test.each([
    ['uint16', tokenizer, 2, 0],
    ['uint32', wide, 4, 69_000],
  ] as const)('what is written as %s is read back, across shards', async (_, of, idBytes, offset) => {
    const shifted = whole.map((ids) => ids.map((id) => id + offset));
    const events: RunEvent[] = [];
    const manifest = await writeTokenShards(directory, {
      tokenizer: of,
      documents: documents.map((ids) => ids.map((id) => id + offset)),
      shardTokens: 200,
      onEvent: (event) => events.push(event),
    });
    expect(manifest).toMatchObject({ kind: 'llm-token-shards', version: 1, idBytes });
    expect(manifest.shards.length).toBeGreaterThan(3);
    const shards = await openTokenShards(directory, of);
    expect(contents(shards)).toEqual(shifted);
    expect(shards.tokens).toBe(shifted.reduce((sum, { length }) => sum + length, 0));
    shards.close();
    expect(events.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
      'stage-start',
      'artifact',
      'stage-end',
    ]);
  });

  test('the ids file is plain little-endian numbers', async () => {
    await writeTokenShards(directory, { tokenizer, documents: ['ab', 'c'] });
    expect([...(await readFile(join(directory, '00000.ids')))]).toEqual([97, 0, 98, 0, 99, 0]);
    expect([...(await readFile(join(directory, '00000.ends')))]).toEqual([2, 0, 0, 0, 3, 0, 0, 0]);
  });

  test('a writer that fails, or is stopped, leaves no shards that open and no temporary file', async () => {
    await writeTokenShards(directory, { tokenizer, documents: ['old'] });
    const failing = function* (): Generator<string> {
      yield 'new';
      throw new Error('source gone');
    };
    await expect(writeTokenShards(directory, { tokenizer, documents: failing() })).rejects.toThrow(
      'source gone',
    );
    await expect(openTokenShards(directory)).rejects.toMatchObject({ code: 'model/token-shards-invalid' });
    expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const stopped = writeTokenShards(directory, { tokenizer, documents: ['x'], signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow();
    const outside = writeTokenShards(directory, { tokenizer, documents: [Int32Array.of(1, 257)] });
    await expect(outside).rejects.toThrow('holds the id 257; ids are 0 to 256');
    await writeTokenShards(directory, { tokenizer, documents: ['a', 'b', 'c'], shardTokens: 1 });
    await writeTokenShards(directory, { tokenizer, documents: ['one'] });
    expect((await readdir(directory)).sort()).toEqual(['00000.ends', '00000.ids', 'tokens.json']);
  });

  test("another tokenizer's shards are refused", async () => {
    await writeTokenShards(directory, { tokenizer, documents: ['x'] });
    await expect(openTokenShards(directory, wide)).rejects.toMatchObject({
      code: 'model/tokenizer-mismatch',
    });
    const lowerCase = Object.assign(Object.create(tokenizer) as ByteTokenizer, {
      encode: (text: string) => tokenizer.encode(text.toLowerCase()),
    });
    expect(tokenizerDigest(lowerCase)).not.toBe(tokenizerDigest(tokenizer));
  });

  test('cut, missing and contradictory files are named before anything is allocated', async () => {
    const refuse = async (part: string): Promise<void> => {
      const error: unknown = await openTokenShards(directory).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'model/token-shards-invalid' });
      expect(String(error)).toContain(part);
    };
    const fresh = (): Promise<TokenShardManifest> =>
      writeTokenShards(directory, { tokenizer, documents: whole });
    const manifest = await fresh();
    const put = (changes: object): Promise<void> =>
      writeFile(join(directory, 'tokens.json'), JSON.stringify({ ...manifest, ...changes }));
    const [shard] = manifest.shards;
    await put({ kind: 'llm-checkpoint' });
    await refuse('its kind is "llm-checkpoint"');
    await put({ version: 2 });
    await refuse('its version is 2');
    await put({ idBytes: 8 });
    await refuse('its idBytes is 8');
    await put({ vocabularySize: 2 ** 40 });
    await refuse('its vocabularySize is 1099511627776');
    await put({ shards: [{ ...shard, name: '../../etc/passwd' }] });
    await refuse('names the shard "../../etc/passwd"');
    await put({ shards: [{ ...shard, documents: 2 ** 50 }] });
    await refuse('the manifest says 4503599627370496');
    await put({ tokens: 1 });
    await refuse('not the totals it gives');
    await put({});
    await truncate(join(directory, '00000.ids'), 11);
    await refuse('it has 11 bytes');
    await fresh();
    await writeFile(join(directory, '00000.ends'), new Uint8Array(whole.length * 4));
    await refuse('its last document ends at 0');
    await fresh();
    await rm(join(directory, '00000.ends'));
    await refuse('00000.ends: it is missing');
    await fresh();
    await writeFile(join(directory, 'tokens.json'), '{');
    await refuse('it is not JSON');
    await fresh();
    await writeFile(join(directory, 'tokens.json'), 'null');
    await refuse('its kind is undefined');
    await fresh();
    const ids = await readFile(join(directory, '00000.ids'));
    ids[7]! ^= 1;
    await writeFile(join(directory, '00000.ids'), ids);
    await refuse('was changed or damaged');
    await fresh();
    // An id that the vocabulary lacks, by a writer that says otherwise.
    await put({ vocabularySize: 200 });
    const shards = await openTokenShards(directory);
    expect(() => contents(shards)).toThrow(/holds the id 2\d\d of 200/);
    await truncate(join(directory, '00000.ids'), 4);
    expect(() => shards.read(shards.count - 1, 0, 1, new Int32Array(1), 0)).toThrow('it ends at byte');
    shards.close();
  });
});

describe("llm.c's token files", () => {
  const collect = async (path: string, delimiter: number): Promise<Int32Array[]> => {
    const all: Int32Array[] = [];
    for await (const ids of readLlmcTokens(path, delimiter)) all.push(ids);
    return all;
  };

  test.each([2, 4] as const)('%i bytes per id: read back what was written', async (idBytes) => {
    const path = `${directory}.bin`;
    const delimiter = idBytes === 2 ? 50_256 : 128_000;
    const tokens = await writeLlmcTokens(path, whole, { delimiter, idBytes });
    expect(await collect(path, delimiter)).toEqual(whole);
    const bytes = await readFile(path);
    expect([0, 4, 8].map((at) => bytes.readInt32LE(at))).toEqual(
      idBytes === 2 ? [20240520, 1, tokens] : [20240801, 7, tokens],
    );
    expect(bytes.length).toBe(1024 + tokens * idBytes);
  });

  test('a file of something else, or cut, is a typed error', async () => {
    const path = `${directory}.bin`;
    await writeFile(path, new Uint8Array(2000));
    await expect(collect(path, 0)).rejects.toMatchObject({ code: 'model/llmc-tokens-invalid' });
    await writeLlmcTokens(path, whole, { delimiter: 300 });
    await truncate(path, 1100);
    await expect(collect(path, 300)).rejects.toThrow('but it has 1100');
    await expect(writeLlmcTokens(path, [Int32Array.of(70_000)], { delimiter: 0 })).rejects.toThrow(
      'does not fit',
    );
    const large = new Uint8Array(1032);
    new Int32Array(large.buffer).set([20240801, 7, 2]);
    large.fill(255, 1028);
    await writeFile(path, large);
    await expect(collect(path, 0)).rejects.toThrow('byte 1028 holds the id 4294967295');
  });
});

test('what was given is on disk but for a buffer: no corpus is held', async () => {
  const ids = new Int32Array(100_000).fill(7);
  async function* source(): AsyncGenerator<Int32Array> {
    for (let given = 0; given < 30; given++) {
      if (given > 0) {
        const files = await readdir(directory);
        const sizes = await Promise.all(files.map(async (name) => (await stat(join(directory, name))).size));
        const written = sizes.reduce((sum, size) => sum + size, 0);
        expect(given * ids.length * 2 - written).toBeLessThanOrEqual(1 << 20);
      }
      yield ids;
    }
  }
  await writeTokenShards(directory, { tokenizer, documents: source(), shardTokens: 1_000_000 });
});
