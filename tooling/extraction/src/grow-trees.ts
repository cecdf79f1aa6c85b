/**
 * Gradient-boosted regression trees for the probability of a label in [0, 1] (log loss), grown leaf by leaf
 * on histograms of 64 bins after LightGBM (Ke and others 2017), with weights, shrinkage, L2 on leaves and a
 * share of the columns a tree. Left out: missing values, categories, sampling of rows.
 */

export interface Tree {
  /** Per inner node; children ≥ 0 are inner nodes, ~child is a leaf. */
  readonly column: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly leaf: number[];
}

export interface TreesOptions {
  readonly trees: number;
  readonly leaves: number;
  readonly rate: number;
  readonly lambda: number;
  /** The least sum of the second derivatives in a leaf. */
  readonly least: number;
  readonly columnShare: number;
  readonly seed: number;
}

export interface Trees {
  readonly bias: number;
  readonly trees: Tree[];
}

const bins = 64;

/** Bins of the columns of `values` (rows × columns); `edges[c][b]` is the greatest value of bin b. */
function binColumns(values: Float32Array, columns: number): { binned: Uint8Array[]; edges: Float32Array[] } {
  const rows = values.length / columns;
  const binned: Uint8Array[] = [];
  const edges: Float32Array[] = [];
  for (let column = 0; column < columns; column++) {
    const sample = new Float32Array(Math.min(rows, 50_000));
    const stride = rows / sample.length;
    for (let at = 0; at < sample.length; at++)
      sample[at] = values[Math.floor(at * stride) * columns + column]!;
    sample.sort();
    const distinct = [...new Set(sample)];
    const cuts: number[] = [];
    if (distinct.length <= bins) {
      for (let at = 0; at + 1 < distinct.length; at++) cuts.push((distinct[at]! + distinct[at + 1]!) / 2);
    } else {
      for (let bin = 1; bin < bins; bin++) {
        const cut = sample[Math.floor((bin * sample.length) / bins)]!;
        if (cuts.length === 0 || cut > cuts[cuts.length - 1]!) cuts.push(cut);
      }
    }
    const edge = Float32Array.from(new Set(cuts.map(toHalf))).sort();
    const bin = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + column]!;
      let [low, high] = [0, edge.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (value <= edge[middle]!) high = middle;
        else low = middle + 1;
      }
      bin[row] = low;
    }
    binned.push(bin);
    edges.push(edge);
  }
  return { binned, edges };
}

/** Rounded to a bfloat16, as thresholds are stored. */
export function toHalf(value: number): number {
  const single = new Float32Array([value]);
  const bits = new Uint32Array(single.buffer);
  bits[0] = (bits[0]! + 0x8000) & 0xffff0000;
  return single[0]!;
}

interface Leaf {
  readonly rows: Int32Array;
  readonly gradient: number;
  readonly hessian: number;
  histogram: Float64Array;
  gain: number;
  column: number;
  bin: number;
  /** Where it hangs: the inner node and its side. */
  readonly above: number;
  readonly isLeft: boolean;
}

export function growTrees(
  values: Float32Array,
  columns: number,
  labels: Float32Array,
  weights: Float32Array,
  options: TreesOptions,
): Trees {
  const rows = labels.length;
  const { binned, edges } = binColumns(values, columns);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = rows / total;
  let positive = 0;
  for (let row = 0; row < rows; row++) positive += weights[row]! * labels[row]!;
  const bias = Math.log(positive / (total - positive));
  const scores = new Float64Array(rows).fill(bias);
  const gradients = new Float64Array(rows);
  const hessians = new Float64Array(rows);
  const random = mulberry(options.seed);
  const trees: Tree[] = [];
  const all = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => weights[row]! > 0);
  for (let round = 0; round < options.trees; round++) {
    for (const row of all) {
      const p = 1 / (1 + Math.exp(-scores[row]!));
      const weight = weights[row]! * scale;
      gradients[row] = weight * (labels[row]! - p);
      hessians[row] = weight * Math.max(1e-6, p * (1 - p));
    }
    const used: number[] = [];
    for (let column = 0; column < columns; column++) if (random() < options.columnShare) used.push(column);
    const tree: Tree = { column: [], threshold: [], left: [], right: [], leaf: [] };
    const build = (leafRows: Int32Array): Float64Array => {
      const histogram = new Float64Array(used.length * bins * 2);
      for (let at = 0; at < used.length; at++) {
        const bin = binned[used[at]!]!;
        const base = at * bins * 2;
        for (let index = 0; index < leafRows.length; index++) {
          const row = leafRows[index]!;
          const cell = base + 2 * bin[row]!;
          histogram[cell] = histogram[cell]! + gradients[row]!;
          histogram[cell + 1] = histogram[cell + 1]! + hessians[row]!;
        }
      }
      return histogram;
    };
    const best = (leaf: Leaf): void => {
      const { lambda, least } = options;
      const whole = (leaf.gradient * leaf.gradient) / (leaf.hessian + lambda);
      for (let at = 0; at < used.length; at++) {
        let [gradient, hessian] = [0, 0];
        const cuts = edges[used[at]!]!.length;
        for (let bin = 0; bin < cuts; bin++) {
          const cell = (at * bins + bin) * 2;
          gradient += leaf.histogram[cell]!;
          hessian += leaf.histogram[cell + 1]!;
          const other = leaf.hessian - hessian;
          if (hessian < least) continue;
          if (other < least) break;
          const gain =
            (gradient * gradient) / (hessian + lambda) +
            (leaf.gradient - gradient) ** 2 / (other + lambda) -
            whole;
          if (gain > leaf.gain) {
            leaf.gain = gain;
            leaf.column = at;
            leaf.bin = bin;
          }
        }
      }
    };
    const sum = (of: Float64Array, leafRows: Int32Array): number => {
      let result = 0;
      for (const row of leafRows) result += of[row]!;
      return result;
    };
    const make = (leafRows: Int32Array, above: number, isLeft: boolean, histogram: Float64Array): Leaf => {
      const leaf: Leaf = {
        rows: leafRows,
        gradient: sum(gradients, leafRows),
        hessian: sum(hessians, leafRows),
        histogram,
        gain: 1e-9,
        column: -1,
        bin: 0,
        above,
        isLeft,
      };
      best(leaf);
      return leaf;
    };
    const leaves: Leaf[] = [make(all, -1, true, build(all))];
    while (leaves.length < options.leaves) {
      let chosen = -1;
      for (let at = 0; at < leaves.length; at++) {
        if (leaves[at]!.column >= 0 && (chosen < 0 || leaves[at]!.gain > leaves[chosen]!.gain)) chosen = at;
      }
      if (chosen < 0) break;
      const leaf = leaves[chosen]!;
      const bin = binned[used[leaf.column]!]!;
      const leftRows = leaf.rows.filter((row) => bin[row]! <= leaf.bin);
      const rightRows = leaf.rows.filter((row) => bin[row]! > leaf.bin);
      const node = tree.column.length;
      tree.column.push(used[leaf.column]!);
      tree.threshold.push(edges[used[leaf.column]!]![leaf.bin]!);
      tree.left.push(0);
      tree.right.push(0);
      if (leaf.above >= 0) (leaf.isLeft ? tree.left : tree.right)[leaf.above] = node;
      // The smaller child's histogram is built, the other's is what is left of the parent's.
      const small = leftRows.length < rightRows.length ? leftRows : rightRows;
      const smallHistogram = build(small);
      const largeHistogram = leaf.histogram;
      for (let at = 0; at < largeHistogram.length; at++)
        largeHistogram[at] = largeHistogram[at]! - smallHistogram[at]!;
      const isLeftSmall = small === leftRows;
      leaves[chosen] = make(leftRows, node, true, isLeftSmall ? smallHistogram : largeHistogram);
      leaves.push(make(rightRows, node, false, isLeftSmall ? largeHistogram : smallHistogram));
    }
    for (const leaf of leaves) {
      const value = (options.rate * leaf.gradient) / (leaf.hessian + options.lambda);
      const index = tree.leaf.push(value) - 1;
      if (leaf.above >= 0) (leaf.isLeft ? tree.left : tree.right)[leaf.above] = ~index;
      for (const row of leaf.rows) scores[row] = scores[row]! + value;
    }
    trees.push(tree);
  }
  return { bias, trees };
}

export function scoreRow(trees: Trees, values: Float32Array, offset: number): number {
  let score = trees.bias;
  for (const tree of trees.trees) {
    if (tree.column.length === 0) {
      score += tree.leaf[0]!;
      continue;
    }
    let node = 0;
    while (node >= 0) {
      node =
        values[offset + tree.column[node]!]! <= tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
    }
    score += tree.leaf[~node]!;
  }
  return score;
}

function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
