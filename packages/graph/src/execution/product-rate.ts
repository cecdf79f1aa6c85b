/**
 * What this machine reaches at its best: the rate of large matrix products and nothing else, beside which a
 * step is measured or from which its time is estimated.
 */
import { matMul } from '../functions/matmul.js';
import { reduceMax } from '../functions/reduce.js';
import { Graph } from '../graph/graph.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import type { HostTensor } from '../tensors/tensor.js';
import type { Executor } from './executor.js';

export interface ProductRateOptions {
  /** Rows and columns of the matrices. Default 1024. */
  readonly side?: number | undefined;
  /** One after the other in one run: several where a run has a price of its own, as on a GPU. Default 1. */
  readonly products?: number | undefined;
  /** Runs, of which the quickest counts. Default 10. */
  readonly repeats?: number | undefined;
}

/**
 * Floating-point operations a second, two for each multiplication. The matrix is in device memory where there
 * is one, and one number comes back, so that no copy is timed.
 */
export async function productRate(
  executor: Executor,
  { side = 1024, products = 1, repeats = 10 }: ProductRateOptions = {},
): Promise<number> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [side, side]);
  let product = x;
  for (let i = 0; i < products; i++) product = matMul(product, x);
  graph.output('greatest', reduceMax(product));
  const session = await executor.createSession(serializeOnnx(graph, { target: executor.target }));
  const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i) / side);
  const matrix: HostTensor = { type: 'float32', shape: [side, side], data };
  const resident = await executor.device?.upload(matrix);
  const run = resident
    ? () => session.runResident!({ x: resident }, ['greatest'])
    : () => session.run({ x: matrix });
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const begun = performance.now();
    await run();
    best = Math.min(best, performance.now() - begun);
  }
  resident?.dispose();
  await session.dispose();
  return (products * 2 * side ** 3 * 1000) / best;
}
