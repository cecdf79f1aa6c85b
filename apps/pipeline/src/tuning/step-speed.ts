/**
 * How long a training step will take, from its arithmetic and from what this machine does in a moment now.
 */
import { type Executor, Graph, matMul, reduceMax, serializeOnnx } from '@llm/graph';
import type { ModelConfig } from '@llm/model';

/** Rows and columns of a product that is timed: large enough to keep the threads busy. */
const size = 768;

/**
 * What a step is taken to reach of the rate of one large product, with attention, norms and the loss over a
 * large vocabulary beside its products. Assumed, not measured.
 */
const reached = 0.5;

export interface StepWork {
  readonly config: ModelConfig;
  /** Numbers in the model and numbers that are trained. */
  readonly parameters: number;
  readonly trainedParameters: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Floating-point operations: two a token for each weight forward and two backward, two more for a weight that
 * is trained; attention over half of the window, three times.
 */
export function operationsOfStep(work: StepWork): number {
  const { config, parameters, trainedParameters, rows, columns } = work;
  const table = config.tiedHead ? 0 : config.vocabularySize * config.width;
  const attention = 12 * config.depth * config.heads * config.headWidth * (columns / 2);
  return rows * columns * (4 * (parameters - table) + 2 * trainedParameters + attention);
}

/** Seconds of a step, roughly: the share of the rate is assumed. */
export async function estimateStepSeconds(executor: Executor, work: StepWork): Promise<number> {
  return operationsOfStep(work) / (reached * (await productRate(executor)));
}

/** Operations per second of one large product; its result is reduced, so that no copy of it is timed. */
async function productRate(executor: Executor): Promise<number> {
  const graph = new Graph();
  const a = graph.input('a', 'float32', [size, size]);
  const b = graph.input('b', 'float32', [size, size]);
  graph.output('greatest', reduceMax(matMul(a, b), 1));
  const session = await executor.createSession(serializeOnnx(graph));
  const data = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i));
  const matrix = { type: 'float32', shape: [size, size], data } as const;
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 5; repeat++) {
    const begun = performance.now();
    await session.run({ a: matrix, b: matrix });
    best = Math.min(best, performance.now() - begun);
  }
  await session.dispose();
  return (2 * size ** 3 * 1000) / best;
}
