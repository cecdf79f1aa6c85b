import { MemoryStore } from '@llm/core/stores';
import { expect, test } from 'vitest';
import {
  f32,
  type GgufParts,
  ggufBytes,
  joinFields,
  pair,
  tensor,
  text,
  u8,
  u32,
  u64,
  valueTypes,
} from '../../fixtures/gguf-bytes.js';
import { artifactSource, type ByteSource, bytesSource } from './byte-source.js';
import { openGguf } from './open-gguf.js';

const { uint32, float32, boolean, string, array, uint64 } = valueTypes;
const open = (parts: GgufParts) => openGguf(bytesSource(ggufBytes(parts), 'a.gguf'));
const numbers = (count: number): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer);

test.each([2, 3])('version %s: values of every type, tensors at their places', async (version) => {
  const file = await open({
    version,
    alignment: 64,
    pairs: [
      pair('general.alignment', uint32, u32(64)),
      pair('name', string, text('Größe 👩‍👩‍👧')),
      pair('yes', boolean, u8(1)),
      pair('float', float32, f32(0.1)),
      pair('long', uint64, u64(2n ** 53n - 1n)),
      pair('byte', 0, u8(200)),
      pair('signed byte', 1, u8(200)),
      pair('short', 2, u8(1), u8(255)),
      pair('signed short', 3, u8(1), u8(255)),
      pair('int', 5, u32(2 ** 32 - 5)),
      pair('signed long', 11, u64(2n ** 64n - 5n)),
      pair('double', 12, new Uint8Array(Float64Array.of(0.1).buffer)),
      pair('texts', array, u32(string), u64(3), text('a'), text(''), text('\ufeff▁b')),
      pair('floats', array, u32(float32), u64(2), f32(1), f32(0.5)),
      pair('flags', array, u32(boolean), u64(2), u8(1), u8(0)),
      pair('longs', array, u32(uint64), u64(1), u64(7)),
      pair('none', array, u32(uint32), u64(0)),
    ],
    tensors: [tensor('b', [2, 3], 0, 64), tensor('a', [4], 0, 0)],
    data: joinFields(numbers(4), new Uint8Array(48), numbers(6)),
  });
  expect(file.version).toBe(version);
  expect(Object.fromEntries(file.metadata)).toEqual({
    'general.alignment': 64,
    name: 'Größe 👩‍👩‍👧',
    yes: true,
    float: Math.fround(0.1),
    long: 2 ** 53 - 1,
    byte: 200,
    'signed byte': -56,
    short: 65281,
    'signed short': -255,
    int: -5,
    'signed long': -5,
    double: 0.1,
    texts: ['a', '', '\ufeff▁b'],
    floats: Float32Array.of(1, 0.5),
    flags: Uint8Array.of(1, 0),
    longs: Float64Array.of(7),
    none: new Uint32Array(0),
  });
  expect([...file.tensors.keys()]).toEqual(['b', 'a']);
  expect(file.tensors.get('b')).toMatchObject({ shape: [3, 2], type: 'F32', byteLength: 24 });
  expect(await file.readTensor('b')).toEqual(numbers(6));
  expect(await file.readTensor('a')).toEqual(numbers(4));
  await expect(file.readTensor('c')).rejects.toMatchObject({ code: 'model/gguf-tensor-missing' });
});

const huge = 2n ** 63n;
const data = numbers(64);
/** What is wrong, what the error says, and from which byte on. */
const lies: readonly (readonly [string, GgufParts, string, number?])[] = [
  ['a count of tensors', { tensorCount: 10 ** 6 }, 'claims 1000000 tensors', 8],
  ['a count of tensors beyond 2^53', { tensorCount: huge }, 'beyond 2^53', 8],
  ['a count of pairs', { pairCount: 5 }, 'claims 5 key-value pairs', 16],
  ['a key of gigabytes', { pairs: [joinFields(u64(2 ** 33), u32(0), u32(0))] }, 'the key of pair 0', 24],
  ['a text of gigabytes', { pairs: [pair('a', string, u64(2 ** 40))] }, 'more than 67108864', 37],
  ['a text longer than the file', { pairs: [pair('a', string, u64(1000))] }, 'needs 1000 bytes', 45],
  ['a text that is no UTF-8', { pairs: [pair('a', string, u64(1), u8(0xff))] }, 'is not UTF-8', 45],
  [
    'a list of gigabytes',
    { pairs: [pair('a', array, u32(float32), u64(2 ** 40))] },
    'claims 1099511627776',
    37,
  ],
  ['a list beyond 2^53', { pairs: [pair('a', array, u32(float32), u64(huge))] }, 'beyond 2^53', 41],
  [
    'a list of too many texts',
    { pairs: [pair('a', array, u32(string), u64(2 ** 30))] },
    'claims 1073741824 texts',
  ],
  [
    'a list of lists',
    { pairs: [pair('a', array, u32(array), u64(1), u32(uint32), u64(0))] },
    'list of lists',
    37,
  ],
  [
    'a list of an unknown type',
    { pairs: [pair('a', array, u32(77), u64(1))] },
    'list of the unknown type 77',
  ],
  ['an unknown type', { pairs: [pair('a', 13)] }, 'the unknown type 13', 33],
  ['a number beyond 2^53', { pairs: [pair('a', uint64, u64(2n ** 53n))] }, 'beyond 2^53', 37],
  ['neither true nor false', { pairs: [pair('a', boolean, u8(7))] }, '7 is neither', 37],
  [
    'a key twice',
    { pairs: [pair('a', uint32, u32(1)), pair('a', uint32, u32(1))] },
    '"a" is there twice',
    41,
  ],
  ['a wrong alignment', { pairs: [pair('general.alignment', uint32, u32(48))] }, 'no power of two'],
  ['no alignment', { pairs: [pair('general.alignment', uint32, u32(0))] }, 'no power of two'],
  [
    'a tensor twice',
    { tensors: [tensor('a', [1], 0, 0), tensor('a', [1], 0, 32)], data },
    '"a" is there twice',
  ],
  [
    'tensors that overlap',
    { tensors: [tensor('a', [9], 0, 0), tensor('b', [1], 0, 32)], data },
    '"b" overlaps',
  ],
  ['a tensor beyond the file', { tensors: [tensor('a', [65], 0, 0)], data }, 'needs bytes up to 324'],
  ['a tensor far beyond it', { tensors: [tensor('a', [1], 0, 2 ** 45)], data }, 'needs bytes up to'],
  ['a tensor of nothing', { tensors: [tensor('a', [4, 0], 0, 0)], data }, 'the shape [0, 4]'],
  ['a tensor beyond 2^53', { tensors: [tensor('a', [2 ** 30, 2 ** 30], 0, 0)], data }, 'the shape'],
  ['a dimension beyond 2^53', { tensors: [tensor('a', [huge], 0, 0)], data }, 'beyond 2^53'],
  ['no dimensions', { tensors: [tensor('a', [], 0, 0)], data }, 'has 0 dimensions'],
  ['five dimensions', { tensors: [tensor('a', [1, 1, 1, 1, 1], 0, 0)], data }, 'has 5 dimensions'],
  ['a tensor of an unknown type', { tensors: [tensor('a', [32], 4, 0)], data }, 'the unknown type 4'],
  ['half a block', { tensors: [tensor('a', [48], 8, 0)], data }, 'no whole blocks of 32 of Q8_0'],
  ['a tensor between places', { tensors: [tensor('a', [1], 0, 8)], data }, 'no multiple of 32'],
  ['a long name', { tensors: [tensor('a'.repeat(65), [1], 0, 0)], data }, 'more than 64'],
];

const cases = lies.map(([lie, parts, says, byte]) => ({ lie, parts, says, byte }));

test.each(cases)('$lie is refused before anything is held', async ({ parts, says, byte }) => {
  const error = await open(parts).catch((problem: unknown) => problem);
  expect(error).toMatchObject({
    code: 'model/gguf-invalid',
    message: expect.stringContaining(says) as string,
  });
  if (byte !== undefined) expect(error).toMatchObject({ details: { byte, file: 'a.gguf' } });
});

test('every beginning of a file is refused, and every single wrong byte is an error of ours or harmless', async () => {
  const bytes = ggufBytes({
    pairs: [pair('a', string, text('abc')), pair('b', array, u32(string), u64(2), text('x'), text('yz'))],
    tensors: [tensor('t', [8], 0, 0), tensor('u', [2, 2], 1, 32)],
    data: numbers(10),
  });
  const attempt = async (changed: Uint8Array): Promise<unknown> => {
    try {
      const file = await openGguf(bytesSource(changed));
      for (const name of file.tensors.keys()) await file.readTensor(name);
      return 'read';
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  expect(await attempt(bytes)).toBe('read');
  for (let end = 0; end < bytes.length; end++)
    expect([await attempt(bytes.slice(0, end)), end]).toEqual(['model/gguf-invalid', end]);
  const expected = ['read', 'model/gguf-invalid', 'model/gguf-unsupported'];
  for (let at = 0; at < bytes.length; at++)
    for (const value of [0, 1, 127, 255]) {
      const changed = bytes.slice();
      changed[at] = value;
      expect(expected).toContain(await attempt(changed));
    }
});

test('other versions and big-endian files are refused by name', async () => {
  await expect(open({ version: 1 })).rejects.toMatchObject({ code: 'model/gguf-unsupported' });
  await expect(open({ version: 4 })).rejects.toThrow('of version 4, and only versions 2 and 3');
  await expect(open({ version: 3 << 24 })).rejects.toThrow('big-endian');
  await expect(openGguf(bytesSource(new Uint8Array(40)))).rejects.toThrow('does not begin with "GGUF"');
});

test('the header is read in pieces, and a tensor alone', async () => {
  const bytes = ggufBytes({
    pairs: [
      pair(
        'texts',
        array,
        u32(string),
        u64(20_000),
        ...Array.from({ length: 20_000 }, (_, i) => text(`t${i}`)),
      ),
    ],
    tensors: [tensor('a', [2 ** 20], 0, 0), tensor('b', [4], 0, 2 ** 22)],
    data: new Uint8Array(2 ** 22 + 16),
  });
  const asked: number[] = [];
  const source: ByteSource = {
    size: bytes.length,
    read: async (start, end) => {
      asked.push(end - start);
      return bytes.slice(start, end);
    },
  };
  const file = await openGguf(source);
  expect((file.metadata.get('texts') as string[])[19_999]).toBe('t19999');
  expect(asked.length).toBeGreaterThan(1);
  expect(Math.max(...asked)).toBeLessThan(300_000);
  asked.length = 0;
  await file.readTensor('b');
  expect(asked).toEqual([16]);
});

test('a source that ends before its size is an error', async () => {
  const bytes = ggufBytes({ tensors: [tensor('a', [64], 0, 0)], data });
  const file = await openGguf({ ...bytesSource(bytes.subarray(0, -4)), size: bytes.length });
  await expect(file.readTensor('a')).rejects.toThrow('it ends inside tensor "a"');
});

const part = (index: number, count: number, tensors: GgufParts['tensors'], total = 2): Uint8Array =>
  ggufBytes({
    pairs: [
      pair('split.no', uint32, u32(index)),
      pair('split.count', uint32, u32(count)),
      pair('split.tensors.count', uint32, u32(total)),
      ...(index === 0 ? [pair('general.name', string, text('whole'))] : []),
    ],
    tensors: tensors ?? [],
    data: numbers(4).map((byte) => byte + index),
  });

test('a split model opens as one where the parts can be reached', async () => {
  const store = new MemoryStore();
  const [first, second] = ['m/x-00001-of-00002.gguf', 'm/x-00002-of-00002.gguf'];
  await store.write(first!, part(0, 2, [tensor('a', [4], 0, 0)]));
  await store.write(second!, part(1, 2, [tensor('b', [4], 0, 0)]));
  const file = await openGguf(await artifactSource(store, first!));
  expect(file.metadata.get('general.name')).toBe('whole');
  expect([...file.tensors.keys()]).toEqual(['a', 'b']);
  expect(await file.readTensor('b')).toEqual(numbers(4).map((byte) => byte + 1));
  await expect(openGguf(await artifactSource(store, second!))).rejects.toThrow('Open the first part');
  await expect(openGguf(bytesSource(await store.read(first!), 'x-00001-of-00002.gguf'))).rejects.toThrow(
    'cannot be reached',
  );
  const refusal = async (bytes: Uint8Array): Promise<unknown> => {
    await store.write(second!, bytes);
    return openGguf(await artifactSource(store, first!)).catch((error: Error) => error.message);
  };
  expect(await refusal(part(0, 2, [tensor('b', [4], 0, 0)]))).toContain('is not part 2 of 2');
  expect(await refusal(part(1, 2, [tensor('a', [4], 0, 0)]))).toContain('"a" is in an earlier part too');
  expect(await refusal(part(1, 2, []))).toContain('1 tensors together, and it says 2');
  await store.delete(second!);
  await expect(openGguf(await artifactSource(store, first!))).rejects.toMatchObject({
    code: 'core/artifact-missing',
  });
});
