/** The layout in which a product of integers reads a weight: one matrix [size, rows] for each block. */

/** integers [rows, blocks, size · bits / 8] → bytes [blocks, size, rows], one a number */
export function integersByBlock(
  integers: Uint8Array,
  [rows, blocks, size]: readonly [number, number, number],
  bits: 4 | 8,
): Uint8Array {
  const bytes = new Uint8Array(rows * blocks * size);
  const length = (size * bits) / 8;
  // Rows in groups, so that both what is read and what is written stays in the processor's cache.
  const group = 64;
  for (let block = 0; block < blocks; block++)
    for (let first = 0; first < rows; first += group) {
      const end = Math.min(rows, first + group);
      for (let i = 0; i < size; i++) {
        const to = (block * size + i) * rows;
        const shift = 4 * (i & 1);
        for (let row = first; row < end; row++) {
          const from = (row * blocks + block) * length;
          bytes[to + row] = bits === 8 ? integers[from + i]! : (integers[from + (i >> 1)]! >> shift) & 15;
        }
      }
    }
  return bytes;
}

/** scales [rows, blocks] → [blocks, 1, rows] */
export function scalesByBlock(scales: Uint8Array, rows: number, blocks: number): Uint8Array {
  const numbers = new Float32Array(scales.buffer, scales.byteOffset, rows * blocks);
  const moved = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++)
    for (let block = 0; block < blocks; block++) moved[block * rows + row] = numbers[row * blocks + block]!;
  return new Uint8Array(moved.buffer);
}
