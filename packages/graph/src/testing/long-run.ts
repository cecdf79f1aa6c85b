import { matMul } from '../functions/matmul.js';
import { reduceMax } from '../functions/reduce.js';
import { Graph } from '../graph/graph.js';
import type { LoweringTarget } from '../lowering/lowering-rule.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import type { HostTensor } from '../tensors/tensor.js';

/**
 * A run of some tenths of a second on one processor core: long enough to be seen or aborted while it lasts.
 */
export function longRun(target: LoweringTarget): {
  readonly model: Uint8Array;
  readonly feeds: Record<string, HostTensor>;
} {
  // The software GPU of the tests is some fifty times slower than a core.
  const size = target === 'webgpu' ? 160 : 512;
  const graph = new Graph();
  const x = graph.input('x', 'float32', [size, size]);
  let product = x;
  for (let power = 0; power < 40; power++) product = matMul(product, x, { alpha: 1e-3 });
  graph.output('y', reduceMax(product));
  const data = new Float32Array(size * size).fill(1);
  return {
    model: serializeOnnx(graph, { target }),
    feeds: { x: { type: 'float32', shape: [size, size], data } },
  };
}
