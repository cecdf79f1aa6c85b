/**
 * What quantisation loses beside llama.cpp's reference quantisers on the same rows, recorded by
 * tooling/oracles/model/gguf_quantizers.py.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dequantize } from './dequantize.js';
import { quantizeQ4_0, quantizeQ5_0, quantizeQ8_0 } from './quantize-blocks-of-32.js';
import { quantizeQ4_K, quantizeQ5_K, quantizeQ6_K } from './quantize-blocks-of-256.js';

type Errors = Readonly<Record<string, number>>;
const recorded = JSON.parse(
  readFileSync(new URL('./reference-errors.json', import.meta.url), 'utf8'),
) as Readonly<Record<'bell' | 'tail', Errors>>;

const count = 256 * 256;

function uniform(index: number, seed: number): number {
  let x = (Math.imul(index, 2654435761) + seed * 40503) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 3266489917) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

const bell = Float64Array.from(
  { length: count },
  (_, i) => uniform(i, 1) + uniform(i, 2) + uniform(i, 3) + uniform(i, 4) - 2,
);
const rows = {
  bell: Float32Array.from(bell, (value) => value * 0.05),
  tail: Float32Array.from(bell, (value, i) => value * (uniform(i, 5) < 0.25 ? 0.15 : 0.05)),
};

const quantizers = {
  Q8_0: quantizeQ8_0,
  Q4_0: quantizeQ4_0,
  Q5_0: quantizeQ5_0,
  Q4_K: quantizeQ4_K,
  Q5_K: quantizeQ5_K,
  Q6_K: quantizeQ6_K,
};

function errorOf(type: keyof typeof quantizers, values: Float32Array): number {
  const bytes = quantizers[type](values, values.length);
  const { data } = dequantize({ shape: [values.length], type, bytes });
  const squares = values.reduce((sum, value, i) => sum + (value - data[i]!) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

test.each(Object.keys(quantizers) as (keyof typeof quantizers)[])('%s loses no more', (type) => {
  for (const kind of ['bell', 'tail'] as const)
    expect(errorOf(type, rows[kind]) / recorded[kind][type]!, kind).toBeLessThan(1.0001);
});

test.each(Object.keys(quantizers) as (keyof typeof quantizers)[])(
  '%s of blocks that are all alike',
  (type) => {
    const alike = (value: number): Float32Array => new Float32Array(512).fill(value);
    expect(errorOf(type, alike(0))).toBe(0);
    for (const value of [1, -1, 1e-3, 3e4])
      expect(errorOf(type, alike(value)) / Math.abs(value)).toBeLessThan(5e-3);
    // Below what half precision holds there is nothing left.
    expect(errorOf(type, alike(1e-12))).toBeLessThan(1.1e-12);
  },
);

test('weights of one sign, and one that stands out', () => {
  for (const sign of [1, -1]) {
    const values = Float32Array.from({ length: 256 }, (_, i) => sign * (5 + (i % 16) / 16));
    expect(errorOf('Q4_K', values)).toBeLessThan(sign < 0 ? 0.025 : 0.13);
    expect(errorOf('Q6_K', values)).toBeLessThan(0.05);
  }
  const values = new Float32Array(256).fill(0.01);
  values[77] = 100;
  const { data } = dequantize({ shape: [256], type: 'Q6_K', bytes: quantizeQ6_K(values) });
  expect(Math.abs(data[77]! - 100)).toBeLessThan(2);
});
