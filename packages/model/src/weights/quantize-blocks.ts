/**
 * Round-to-nearest quantisation in blocks of 32 weights of one row with one half-precision scale, symmetric,
 * after Q8_0 and Q4_0 of ggml (llama.cpp): w ≈ scale · q with q in −127…127 or −8…7. The 4-bit scale is the
 * best of a few candidates by squared error. ONNX and GGUF hold the same numbers. Left out: calibration, zero
 * points.
 */
import { floatToHalf, halfToFloat } from './half-precision.js';
import { embeddingName, headName } from './parameter-names.js';

export const blockSize = 32;
export type QuantizedBits = 4 | 8;

/** Bits in a `q4` file of a weight by its checkpoint name. */
export function bitsInQ4(name: string): QuantizedBits {
  return name.startsWith(embeddingName) || name.startsWith(headName) ? 8 : 4;
}

export interface QuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Columns / 32, rounded up; the last block of a row is filled up with zeros. */
  readonly blocks: number;
  /** Half-precision bit patterns, [rows, blocks] */
  readonly scales: Uint16Array;
  /** [rows, blocks · 32] */
  readonly values: Int8Array;
}

/** data [rows, columns], row-major */
export function quantizeMatrix(data: Float32Array, columns: number, bits: QuantizedBits): QuantizedMatrix {
  const rows = data.length / columns;
  const blocks = Math.ceil(columns / blockSize);
  const scales = new Uint16Array(rows * blocks);
  const values = new Int8Array(rows * blocks * blockSize);
  const block = new Float32Array(blockSize);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < blocks; index++) {
      const start = row * columns + index * blockSize;
      const length = Math.min(blockSize, columns - index * blockSize);
      for (let i = 0; i < length; i++) block[i] = data[start + i]!;
      block.fill(0, length);
      const at = row * blocks + index;
      const scale = bits === 8 ? byteScale(block) : nibbleScale(block);
      scales[at] = floatToHalf(scale);
      roundTo(block, halfToFloat(scales[at]!), bits, values, at * blockSize);
    }
  }
  return { rows, columns, blocks, scales, values };
}

/** Into `into` from `at` on. */
function roundTo(block: Float32Array, scale: number, bits: QuantizedBits, into: Int8Array, at: number): void {
  const [least, greatest] = bits === 8 ? [-127, 127] : [-8, 7];
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let i = 0; i < blockSize; i++)
    into[at + i] = Math.max(least, Math.min(greatest, Math.round(block[i]! * inverse)));
}

function byteScale(block: Float32Array): number {
  let largest = 0;
  for (const value of block) largest = Math.max(largest, Math.abs(value));
  return largest / 127;
}

const rounded = new Int8Array(blockSize);

/** Where the weight of largest magnitude falls: −8 is exact for it, the others often suit the rest. */
const levels = [-8.5, -7.75, -7];

/** Rounds at each level; then the least-squares scale for what was rounded. */
function nibbleScale(block: Float32Array): number {
  let extreme = 0;
  for (const value of block) if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  if (extreme === 0) return 0;
  let best = 0;
  let bestGain = -1;
  for (const level of levels) {
    roundTo(block, extreme / level, 4, rounded, 0);
    let product = 0;
    let square = 0;
    for (let i = 0; i < blockSize; i++) {
      product += block[i]! * rounded[i]!;
      square += rounded[i]! * rounded[i]!;
    }
    // With the scale product / square the squared error falls by product² / square.
    const gain = square === 0 ? 0 : (product * product) / square;
    if (gain > bestGain) {
      bestGain = gain;
      best = product / square;
    }
  }
  return best;
}
