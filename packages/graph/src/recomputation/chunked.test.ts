import { describe, expect, test } from 'vitest';
import { matMul } from '../functions/matmul.js';
import { reduceMean } from '../functions/reduce.js';
import { logSoftmaxGather, softmax } from '../functions/softmax.js';
import { differentiate } from '../gradients/differentiate.js';
import { estimatePeakMemory } from '../graph/estimate-peak-memory.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { chunkedLogSoftmaxGather } from './chunked-log-softmax.js';
import { chunkedSoftmaxMatMul } from './chunked-softmax-matmul.js';

/** Peak of loss and gradients, in multiples of `unit` bytes. */
function peakOf(unit: number, build: (graph: Graph) => readonly [Tensor, readonly Tensor[]]): number {
  const graph = new Graph();
  const [result, parameters] = build(graph);
  const loss = reduceMean(result);
  graph.output('loss', loss);
  differentiate(loss, parameters).forEach((gradient, index) => {
    graph.output(`gradient${index}`, gradient);
  });
  return estimatePeakMemory(graph) / unit;
}

describe('memory while training', () => {
  test('classes: a few pieces of [chunk, classes] are held, however many there are', () => {
    const [width, classes, chunk] = [8, 4096, 64];
    const peaks = [256, 1024, 4096].map((positions) => {
      const build = (chunked: boolean) => (graph: Graph) => {
        const x = graph.input('x', 'float32', [positions, width]);
        const weight = graph.input('weight', 'float32', [classes, width]);
        const targets = graph.input('targets', 'int32', [positions]);
        const picked = chunked
          ? chunkedLogSoftmaxGather(x, weight, targets, { chunk })
          : logSoftmaxGather(matMul(x, weight, { transposeB: true }), targets);
        return [picked, [weight, x]] as const;
      };
      const piece = 4 * chunk * classes;
      return [peakOf(piece, build(true)), peakOf(piece, build(false))] as const;
    });
    for (const [chunked] of peaks) expect(chunked).toBeLessThan(6);
    // Without pieces: probabilities and their gradient at least.
    expect(peaks[2]![1]).toBeGreaterThan(2 * (4096 / chunk));
  });

  test('pairs of positions: the whole [time, time] is never held', () => {
    const [time, width, chunk] = [1024, 8, 64];
    const build = (chunked: boolean) => (graph: Graph) => {
      const [q, k, v] = ['q', 'k', 'v'].map((name) => graph.input(name, 'float32', [2, time, width])) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const mixed = chunked
        ? chunkedSoftmaxMatMul(q, k, v, { chunk, causal: true })
        : matMul(softmax(matMul(q, k, { transposeB: true })), v);
      return [mixed, [q, k, v]] as const;
    };
    const whole = 4 * 2 * time * time;
    expect(peakOf(whole, build(false))).toBeGreaterThan(2);
    expect(peakOf(whole, build(true))).toBeLessThan(0.8);
  });
});
