/**
 * Reads and runs gradient-boosted trees. Packed, little-endian: bias f32, number of trees u16; of each tree
 * its inner nodes u8, leaves u8, scale of its leaves f32, then of each node column u8, threshold bf16, left
 * and right i8 (≥ 0: a node, ~leaf below), of each leaf i8. `tooling/extraction` writes them.
 */

export interface BoostedTrees {
  readonly bias: number;
  /** Of each tree its first node, or, where it has none, ~its only leaf. */
  readonly roots: Int32Array;
  readonly column: Uint8Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly leaf: Float32Array;
}

export function readTrees(bytes: Uint8Array): BoostedTrees {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bias = view.getFloat32(0, true);
  const count = view.getUint16(4, true);
  const roots = new Int32Array(count);
  const [column, threshold, left, right, leaf]: number[][] = [[], [], [], [], []] as number[][];
  const half = new Float32Array(1);
  const halfBits = new Uint32Array(half.buffer);
  let at = 6;
  for (let tree = 0; tree < count; tree++) {
    const nodes = view.getUint8(at);
    const leaves = view.getUint8(at + 1);
    const scale = view.getFloat32(at + 2, true);
    at += 6;
    const firstNode = column!.length;
    const firstLeaf = leaf!.length;
    const place = (child: number): number => (child >= 0 ? firstNode + child : ~(firstLeaf + ~child));
    roots[tree] = place(nodes > 0 ? 0 : -1);
    for (let node = 0; node < nodes; node++, at += 5) {
      column!.push(view.getUint8(at));
      halfBits[0] = view.getUint16(at + 1, true) << 16;
      threshold!.push(half[0]!);
      left!.push(place(view.getInt8(at + 3)));
      right!.push(place(view.getInt8(at + 4)));
    }
    for (let index = 0; index < leaves; index++, at++) leaf!.push(view.getInt8(at) * scale);
  }
  return {
    bias,
    roots,
    column: Uint8Array.from(column!),
    threshold: Float32Array.from(threshold!),
    left: Int32Array.from(left!),
    right: Int32Array.from(right!),
    leaf: Float32Array.from(leaf!),
  };
}

/** So many rows and a tree fit the first cache. */
const tile = 32;

/**
 * The probability of each of `rows` rows, `columns` wide: tile by tile, tree by tree. `write` puts the rows
 * from `first` to before `last` at the beginning of `values`.
 */
export function probabilitiesOf(
  trees: BoostedTrees,
  rows: number,
  columns: number,
  write: (first: number, last: number, values: Float32Array) => void,
): Float32Array {
  const { roots, column, threshold, left, right, leaf } = trees;
  const values = new Float32Array(tile * columns);
  const scores = new Float64Array(tile);
  const probabilities = new Float32Array(rows);
  for (let first = 0; first < rows; first += tile) {
    const last = Math.min(rows, first + tile);
    write(first, last, values);
    scores.fill(trees.bias);
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree]!;
      for (let row = 0, offset = 0; row < last - first; row++, offset += columns) {
        let node = root;
        while (node >= 0)
          node = values[offset + column[node]!]! <= threshold[node]! ? left[node]! : right[node]!;
        scores[row]! += leaf[~node]!;
      }
    }
    for (let row = first; row < last; row++) probabilities[row] = 1 / (1 + Math.exp(-scores[row - first]!));
  }
  return probabilities;
}
