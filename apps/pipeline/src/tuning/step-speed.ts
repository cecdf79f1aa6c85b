/**
 * How long a training step will take, from its arithmetic and from what this machine does in a moment now.
 */
import { type Executor, productRate } from '@llm/graph';
import type { ModelConfig } from '@llm/model';

/** Rows and columns of a product that is timed: large enough to keep the threads busy. */
const side = 768;

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
  return operationsOfStep(work) / (reached * (await productRate(executor, { side, repeats: 5 })));
}
