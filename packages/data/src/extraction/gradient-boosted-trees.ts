/**
 * Reads and runs gradient-boosted trees. Packed, little-endian: bias f32, number of trees u16; of each tree
 * its inner nodes u8, leaves u8, scale of its leaves f32, then of each node column u8, threshold bf16, left
 * and right i8 (≥ 0: a node, ~leaf below), of each leaf i8. `tooling/extraction` writes them.
 *
 * A threshold has 16 bits, so that a value need not have more: it is rounded up to the next number of 16
 * bits, in the order of floats, and compared as a whole number. A step down a tree is then arithmetic without
 * a branch, and four rows go down side by side, so that none waits for the memory of another.
 */

export interface BoostedTrees {
  readonly bias: number;
  /** Where the nodes of each tree start, and how many steps lead to its deepest leaf. */
  readonly starts: Int32Array;
  readonly depths: Int32Array;
  /**
   * The nodes of a tree stand in pairs. Of each the threshold (16 bits), the column (8) and the pair below it
   * (8), whose first node follows where the value is at most the threshold. A leaf follows itself.
   */
  readonly nodes: Int32Array;
  /** By node; 0 for inner ones. */
  readonly leaf: Float32Array;
  /** The last column that a tree looks at, plus one. */
  readonly columns: number;
}

/** Thresholds above and below every value, NaN and infinity too. */
const [aboveAll, belowAll] = [0x7fff, -0x8000];

/** The bits of floats as numbers of the same order. */
function ordered(bits: number): number {
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

export function readTrees(bytes: Uint8Array): BoostedTrees {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bias = view.getFloat32(0, true);
  const count = view.getUint16(4, true);
  const starts = new Int32Array(count);
  const depths = new Int32Array(count);
  const nodes: number[] = [];
  const leaf: number[] = [];
  let columns = 0;
  let at = 6;
  for (let tree = 0; tree < count; tree++) {
    const inner = view.getUint8(at);
    const leaves = view.getUint8(at + 1);
    const scale = view.getFloat32(at + 2, true);
    const [first, values] = [at + 6, at + 6 + 5 * inner];
    const start = nodes.length;
    starts[tree] = start;
    let pairs = 0;
    const addPair = (): number => {
      nodes.push(0, 0);
      leaf.push(0, 0);
      return pairs++;
    };
    /** What is packed as `child` (≥ 0 a node, ~leaf below) becomes a node of a pair. */
    const add = (child: number, pair: number, side: number, depth: number): void => {
      const node = start + 2 * pair + side;
      depths[tree] = Math.max(depths[tree]!, depth);
      if (child < 0) {
        nodes[node] = ((side === 0 ? aboveAll : belowAll) << 16) | pair;
        leaf[node] = view.getInt8(values + ~child) * scale;
        return;
      }
      const packed = first + 5 * child;
      const column = view.getUint8(packed);
      columns = Math.max(columns, column + 1);
      const below = addPair();
      const threshold = ordered(view.getUint16(packed + 1, true) << 16) >> 16;
      nodes[node] = (threshold << 16) | (column << 8) | below;
      add(view.getInt8(packed + 3), below, 0, depth + 1);
      add(view.getInt8(packed + 4), below, 1, depth + 1);
    };
    add(inner > 0 ? 0 : -1, addPair(), 0, 0);
    at = values + leaves;
  }
  return { bias, starts, depths, nodes: Int32Array.from(nodes), leaf: Float32Array.from(leaf), columns };
}

/** So many rows and a tree fit the first cache. Divisible by four. */
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
  const { starts, depths, nodes, leaf } = trees;
  const values = new Float32Array(tile * columns);
  const bits = new Int32Array(values.buffer);
  const rounded = new Int16Array(tile * columns);
  const scores = new Float64Array(tile);
  const probabilities = new Float32Array(rows);
  for (let first = 0; first < rows; first += tile) {
    const last = Math.min(rows, first + tile);
    write(first, last, values);
    const used = (last - first) * columns;
    for (let at = 0; at < used; at++) rounded[at] = (ordered(bits[at]!) + 0xffff) >> 16;
    scores.fill(trees.bias);
    for (let tree = 0; tree < starts.length; tree++) {
      const start = starts[tree]!;
      const depth = depths[tree]!;
      for (let row = 0, a = 0; row < last - first; row += 4, a += 4 * columns) {
        const b = a + columns;
        const c = b + columns;
        const d = c + columns;
        let [ofA, ofB, ofC, ofD] = [start, start, start, start];
        for (let step = 0; step < depth; step++) {
          const nodeA = nodes[ofA]!;
          const nodeB = nodes[ofB]!;
          const nodeC = nodes[ofC]!;
          const nodeD = nodes[ofD]!;
          // The sign of threshold − value says that the value is greater.
          ofA = start + 2 * (nodeA & 255) + (((nodeA >> 16) - rounded[a + ((nodeA >> 8) & 255)]!) >>> 31);
          ofB = start + 2 * (nodeB & 255) + (((nodeB >> 16) - rounded[b + ((nodeB >> 8) & 255)]!) >>> 31);
          ofC = start + 2 * (nodeC & 255) + (((nodeC >> 16) - rounded[c + ((nodeC >> 8) & 255)]!) >>> 31);
          ofD = start + 2 * (nodeD & 255) + (((nodeD >> 16) - rounded[d + ((nodeD >> 8) & 255)]!) >>> 31);
        }
        scores[row] = scores[row]! + leaf[ofA]!;
        scores[row + 1] = scores[row + 1]! + leaf[ofB]!;
        scores[row + 2] = scores[row + 2]! + leaf[ofC]!;
        scores[row + 3] = scores[row + 3]! + leaf[ofD]!;
      }
    }
    for (let row = first; row < last; row++) probabilities[row] = 1 / (1 + Math.exp(-scores[row - first]!));
  }
  return probabilities;
}
