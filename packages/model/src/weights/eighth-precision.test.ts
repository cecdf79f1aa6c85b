import { expect, test } from 'vitest';
import fixture from '../fixtures/float8.json' with { type: 'json' };
import { readSafetensors } from './safetensors.js';

// Written by PyTorch: see tooling/oracles/model/float8.py.

test.each(Object.entries(fixture))('every number of %s is read exactly', (dtype, expected) => {
  const header = new TextEncoder().encode(
    JSON.stringify({ w: { dtype, shape: [16, 16], data_offsets: [0, 256] } }),
  );
  const file = new Uint8Array(8 + header.length + 256);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  for (let bits = 0; bits < 256; bits++) file[8 + header.length + bits] = bits;
  const { shape, data } = readSafetensors(file, 'x').get('w')!;
  expect(shape).toEqual([16, 16]);
  const named: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
  expect([...data]).toEqual(expected.map((value) => (typeof value === 'string' ? named[value] : value)));
});
