/** Matrix products over the last two axes. */
import type { Tensor } from '../graph/graph.js';

export interface MatMulOptions {
  /** Use the transpose of the last two axes of a. */
  readonly transposeA?: boolean | undefined;
  readonly transposeB?: boolean | undefined;
  /** Factor on the product, free of charge. Default 1. */
  readonly alpha?: number | undefined;
}

/** alpha · a · b: [..., m, k] × [..., k, n] → [..., m, n]; leading axes broadcast. */
export function matMul(a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  if (!transposeA && !transposeB && alpha === 1) return a.graph.node('MatMul', [a, b])[0]!;
  return a.graph.node('FusedMatMul', [a, b], {
    transA: transposeA ? 1 : 0,
    transB: transposeB ? 1 : 0,
    alpha,
  })[0]!;
}
