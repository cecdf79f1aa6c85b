/**
 * A train step as the browser benches measure it: the model, its tokens, and the run of this project on them.
 */
import { createRandom } from '@llm/core';
import type { Executor } from '@llm/graph';
import { adamW, createTransformer, type ModelConfig } from '@llm/model';

export interface TrainingTask {
  readonly config: ModelConfig;
  readonly rows: number;
  /** Steps that count, after `warmUp` that do not. */
  readonly steps: number;
  readonly warmUp: number;
}

export interface TrainingResult {
  readonly version: string;
  readonly tokensPerSecond: number;
  /** Of every step, warm-up included. */
  readonly losses: readonly number[];
}

export const learningRate = 1e-3;

/** The peers' AdamW: no weight decay, clipping at norm 1. */
export const optimizer = () => adamW({ betas: [0.9, 0.99], weightDecay: 0, maximumGradientNorm: 1 });

/** Token ids of one batch, drawn with a bias to small ids so that there is something to learn. */
export function taskTokens({ config, rows }: TrainingTask): { inputs: Int32Array; targets: Int32Array } {
  const random = createRandom(1, 'train-bench');
  const draw = (): number => Math.floor(config.vocabularySize * random.uniform() ** 3);
  const stream = Int32Array.from({ length: rows * config.contextLength + 1 }, draw);
  return { inputs: stream.slice(0, -1), targets: stream.slice(1) };
}

export async function trainOnExecutor(executor: Executor, task: TrainingTask): Promise<TrainingResult> {
  const { config, rows } = task;
  const model = await createTransformer({ config, executor, seed: 0, optimizer: optimizer() });
  const columns = config.contextLength;
  const { inputs, targets } = taskTokens(task);
  const weights = new Float32Array(inputs.length).fill(1);
  const batch = { rows, columns, inputs, targets, weights, normalizer: inputs.length };
  const losses: number[] = [];
  const seconds: number[] = [];
  for (let step = 1; step <= task.warmUp + task.steps; step++) {
    const begun = performance.now();
    losses.push((await model.trainStep(batch, { learningRate })).loss);
    if (step > task.warmUp) seconds.push((performance.now() - begun) / 1000);
  }
  await model.dispose();
  return { version: executor.name, tokensPerSecond: (rows * columns) / Math.min(...seconds), losses };
}
