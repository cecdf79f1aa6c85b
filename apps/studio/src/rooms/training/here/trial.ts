/**
 * Where to train: three steps of a small model on what the browser has. WebGPU is taken where its losses are
 * those of WebAssembly and its steps are faster; the rate of the steps tells how long a training will take.
 */
import { createRandom, type TokenBatch } from '@llm/core';
import type { Executor } from '@llm/graph';
import { createTransformer, muon } from '@llm/model';
import type { Device } from './kept-training.js';
import { defaultChoice } from './training-choice.js';
import { configOf, stepOperations } from './training-shape.js';

export interface Trial {
  /** Of the three steps. */
  readonly losses: readonly number[];
  /** Of the fastest, as `stepOperations` counts them. */
  readonly operationsPerSecond: number;
}

const steps = 3;
const tried = { ...defaultChoice, vocabularySize: 300, depth: 1, rows: 8 };
/** Share by which losses may be apart: orders of summation differ, and three steps amplify it. */
const tolerance = 0.01;

export async function tryOn(executor: Executor): Promise<Trial> {
  const { rows, contextLength: columns, vocabularySize, learningRate } = tried;
  const config = configOf(tried);
  const model = await createTransformer({ config, executor, optimizer: muon(), seed: 1 });
  const random = createRandom(2);
  const ids = (): Int32Array =>
    Int32Array.from({ length: rows * columns }, () => random.integer(vocabularySize));
  const batch: TokenBatch = {
    ...{ rows, columns, inputs: ids(), targets: ids(), normalizer: rows * columns },
    weights: new Float32Array(rows * columns).fill(1),
  };
  const losses: number[] = [];
  let fastest = Number.POSITIVE_INFINITY;
  try {
    for (let step = 0; step < steps; step++) {
      const begun = performance.now();
      losses.push((await model.trainStep(batch, { learningRate })).loss);
      fastest = Math.min(fastest, (performance.now() - begun) / 1000);
    }
  } finally {
    await model.dispose();
  }
  return { losses, operationsPerSecond: stepOperations(config, rows, columns) / fastest };
}

export interface Place {
  readonly device: Device;
  readonly operationsPerSecond: number;
  /** Where, and why not elsewhere: for people. */
  readonly runsOn: string;
}

/** `name`: of each, as people know it; `gpu`: what was found out about it, or why it could not be. */
export function choosePlace(
  wasm: { readonly name: string; readonly trial: Trial },
  gpu: { readonly name: string; readonly trial: Trial | string } | undefined,
): Place {
  const there = (device: Device, { operationsPerSecond }: Trial, runsOn: string): Place => ({
    ...{ device, operationsPerSecond, runsOn },
  });
  if (gpu === undefined) return there('wasm', wasm.trial, `${wasm.name}; this browser gives pages no GPU`);
  const { trial } = gpu;
  if (typeof trial === 'string')
    return there('wasm', wasm.trial, `${wasm.name}; not on ${gpu.name}: ${trial}`);
  const wrong = trial.losses.findIndex(
    (loss, step) => !(Math.abs(loss / wasm.trial.losses[step]! - 1) <= tolerance),
  );
  if (wrong >= 0) {
    const [right, found] = [wasm.trial.losses[wrong]!, trial.losses[wrong]!];
    const why = `a loss that is ${right.toFixed(3)} was ${found.toFixed(3)} there`;
    return there('wasm', wasm.trial, `${wasm.name}; not on ${gpu.name}: ${why}`);
  }
  const times = trial.operationsPerSecond / wasm.trial.operationsPerSecond;
  if (times > 1)
    return there('webgpu', trial, `${gpu.name}, ${times.toFixed(1)} times as fast as ${wasm.name}`);
  return there('wasm', wasm.trial, `${wasm.name}, ${(1 / times).toFixed(1)} times as fast as ${gpu.name}`);
}
