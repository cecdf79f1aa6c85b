import { createRandom, LlmError } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { floatToHalf, halfToFloat } from './half-precision.js';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from './safetensors.js';

const encode = (
  header: string | object,
  data: Uint8Array = new Uint8Array(0),
  claimed?: bigint,
): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
};
const codeOf = (bytes: Uint8Array): string => {
  try {
    readSafetensors(bytes, 'x.safetensors');
    return 'none';
  } catch (error) {
    if (!LlmError.isInstance(error)) throw error;
    expect(error.message).toContain('x.safetensors');
    return error.code;
  }
};

describe('safetensors', () => {
  test('writes what it reads', () => {
    const tensors = new Map([
      ['b', { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 1e-30) }],
      ['empty', { shape: [0, 3], data: new Float32Array(0) }],
      ['a', { shape: [], data: Float32Array.of(7) }],
    ]);
    expect([...readSafetensors(writeSafetensors(tensors), 'x')]).toEqual([...tensors]);
  });

  test('reads a file laid out by hand, and half and brain floats', () => {
    const header = {
      h: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      w: { dtype: 'BF16', shape: [1, 2], data_offsets: [4, 8] },
    };
    const tensors = readSafetensors(
      encode(header, Uint8Array.of(0, 0x3c, 0, 0xc1, 0x80, 0x3f, 0, 0xc0)),
      'x',
    );
    expect([...tensors.get('h')!.data]).toEqual([1, -2.5]);
    expect([...tensors.get('w')!.data]).toEqual([1, -2]);
  });

  test('half precision round-trips every pattern and rounds to even', () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 65_536; bits++) {
      const value = halfToFloat(bits);
      if (!Number.isNaN(value) && floatToHalf(value) !== bits) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
    expect(halfToFloat(floatToHalf(2049))).toBe(2048);
    expect(halfToFloat(floatToHalf(2051))).toBe(2052);
    expect(halfToFloat(floatToHalf(70_000))).toBe(Number.POSITIVE_INFINITY);
  });

  test('hostile and broken headers are typed errors before anything is allocated', () => {
    const tensor = (shape: unknown, offsets: unknown, dtype = 'F32'): object => ({
      a: { dtype, shape, data_offsets: offsets },
    });
    expect(codeOf(encode('{}', undefined, 2n ** 60n))).toBe('model/safetensors-invalid');
    expect(codeOf(encode('{}', undefined, 5000n))).toBe('model/safetensors-truncated');
    expect(codeOf(Uint8Array.of(1, 2, 3))).toBe('model/safetensors-truncated');
    expect(codeOf(encode('not json'))).toBe('model/safetensors-invalid');
    expect(codeOf(encode('[1]'))).toBe('model/safetensors-invalid');
    expect(codeOf(encode(tensor([2 ** 40], [0, 2 ** 42])))).toBe('model/safetensors-truncated');
    expect(codeOf(encode(tensor([2], [0, 4]), new Uint8Array(4)))).toBe('model/safetensors-invalid');
    expect(codeOf(encode(tensor([-1], [0, -4])))).toBe('model/safetensors-invalid');
    expect(codeOf(encode(tensor([1.5], [0, 6])))).toBe('model/safetensors-invalid');
    expect(codeOf(encode(tensor([1], [4, 8]), new Uint8Array(8)))).toBe('model/safetensors-invalid');
    expect(codeOf(encode(tensor([1], [0, 4], 'Q9'), new Uint8Array(4)))).toBe('model/safetensors-invalid');
    expect(codeOf(encode(tensor([1], [0, 4], 'I32'), new Uint8Array(4)))).toBe(
      'model/safetensors-type-unsupported',
    );
    expect(codeOf(encode(tensor([1], [0, 4]), new Uint8Array(9)))).toBe('model/safetensors-invalid');
    const overlap = {
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
    };
    expect(codeOf(encode(overlap, new Uint8Array(12)))).toBe('model/safetensors-invalid');
  });

  test('every truncation of a file names the byte where it ends', () => {
    const file = writeSafetensors(new Map([['a', { shape: [3], data: Float32Array.of(1, 2, 3) }]]));
    for (let length = 0; length < file.length; length++)
      expect(() => readSafetensors(file.subarray(0, length), 'cut')).toThrow(`byte ${length}`);
  });

  test('a header may have any length, and a file may be a Buffer in a larger one', () => {
    const numbers = Float32Array.of(1.5, -2, 3e-30);
    const data = new Uint8Array(numbers.buffer);
    const wide = Uint8Array.from([...data, ...new Uint8Array(Float64Array.of(0.25, -8).buffer)]);
    for (let padding = 0; padding < 8; padding++) {
      const header = `${JSON.stringify({
        a: { dtype: 'F32', shape: [3], data_offsets: [0, 12] },
        b: { dtype: 'F64', shape: [2], data_offsets: [12, 28] },
      })}${' '.repeat(padding)}`;
      const file = encode(header, wide);
      const copies: Uint8Array[] = [file, Buffer.from(file), Buffer.from([0, ...file]).subarray(1)];
      for (const bytes of copies) {
        const tensors = readSafetensors(bytes, 'x');
        bytes.fill(0);
        expect([...tensors.get('a')!.data]).toEqual([...numbers]);
        expect([...tensors.get('b')!.data]).toEqual([0.25, -8]);
      }
    }
  });

  test('any name can be written but the one that the format has', () => {
    const tensor = { shape: [1], data: Float32Array.of(5) };
    const names = ['__proto__', 'constructor', '7', 'é', ''];
    const read = readSafetensors(writeSafetensors(new Map(names.map((name) => [name, tensor]))), 'x');
    expect(new Set(read.keys())).toEqual(new Set(names));
    for (const [name, shape] of [
      ['__metadata__', [1]],
      ['a', [2]],
      ['a', [-1, -1]],
    ] as const)
      expect(() => writeSafetensors(new Map([[name, { ...tensor, shape }]]))).toThrow(
        expect.objectContaining({ code: 'model/safetensors-invalid' }),
      );
  });

  test('the header alone tells what is where', () => {
    const file = writeSafetensors(new Map([['a', { shape: [3], data: Float32Array.of(1, 2, 3) }]]));
    const [entry] = readSafetensorsHeader(file.subarray(0, file.length - 12), file.length, 'x');
    expect(entry).toEqual({
      name: 'a',
      dtype: 'F32',
      shape: [3],
      start: file.length - 12,
      end: file.length,
    });
  });

  test('ten thousand damaged files are read or refused by name, never anything else', () => {
    const random = createRandom(3);
    const header = {
      __metadata__: { format: 'pt' },
      a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      b: { dtype: 'BF16', shape: [3], data_offsets: [16, 22] },
      c: { dtype: 'F64', shape: [], data_offsets: [22, 30] },
    };
    const whole = encode(header, new Uint8Array(30).fill(7));
    const pieces = [
      '"F16"',
      '-1',
      '1e400',
      'null',
      '[]',
      '{}',
      '"constructor"',
      '9007199254740993',
      '0.5',
      ',',
    ];
    let refused = 0;
    for (let round = 0; round < 10_000; round++) {
      let bytes: Uint8Array = Uint8Array.from(whole);
      const kind = random.integer(4);
      if (kind === 0) bytes = bytes.subarray(0, random.integer(bytes.length));
      if (kind === 1) bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
      if (kind === 2)
        for (let i = 0; i < 4; i++) bytes[8 + random.integer(bytes.length - 8)] = random.integer(256);
      if (kind === 3) {
        const text = JSON.stringify(header).split(/(?<=[:,[])/);
        text[random.integer(text.length)] = random.pick(pieces);
        bytes = encode(text.join(''), whole.subarray(whole.length - 30));
      }
      const code = codeOf(bytes);
      if (code !== 'none') refused++;
      expect(code).toMatch(/^(none|model\/safetensors-(invalid|truncated|type-unsupported))$/);
    }
    expect(refused).toBeGreaterThan(5000);
  });
});
