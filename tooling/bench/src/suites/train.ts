/**
 * One optimizer step (forward, backward, clipping, AdamW) against the same model in PyTorch, same threads, float32.
 * `BENCH_LARGE=1` adds the model of 30 M parameters.
 */
import { createRandom } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createModelConfig, createTransformer, type ModelConfig, parameterCount } from '@llm/model';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const threads = 2;

interface Case {
  readonly config: ModelConfig;
  readonly rows: number;
  readonly steps: number;
}

const shape = (depth: number, width: number, vocabularySize: number, contextLength: number): ModelConfig =>
  createModelConfig({ depth, width, headWidth: 64, vocabularySize, contextLength });

const cases: readonly Case[] = [
  { config: shape(3, 192, 2048, 128), rows: 16, steps: 20 },
  { config: shape(4, 256, 4096, 256), rows: 16, steps: 8 },
  ...(process.env.BENCH_LARGE ? [{ config: shape(8, 512, 4096, 256), rows: 8, steps: 4 }] : []),
];

export async function trainSuite(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { config, rows: batchRows, steps } of cases) {
    const ours = await tokensPerSecond(config, batchRows, steps);
    const peer = runPythonPeer<{ version: string; eager: number; compile?: number }>('train_step.py', {
      ...config,
      rows: batchRows,
      columns: config.contextLength,
      steps,
      threads,
      compile: true,
    });
    const size = `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, vocabulary ${config.vocabularySize}, ${batchRows} × ${config.contextLength} tokens, ${threads} threads, onnxruntime-node CPU`;
    const common = {
      suite: 'train',
      case: size,
      metric: 'training rate',
      unit: 'tokens/s',
      ours,
      higherIsBetter: true,
    };
    rows.push(
      benchRow({
        ...common,
        peerName: `PyTorch ${peer?.version ?? ''} eager`.replace('  ', ' '),
        peer: peer?.eager ?? null,
        ...(peer ? {} : { note: installPeers }),
      }),
      benchRow({
        ...common,
        peerName: `PyTorch ${peer?.version ?? ''} torch.compile`.replace('  ', ' '),
        peer: peer?.compile ?? null,
        ...(peer?.compile ? {} : { note: peer ? 'torch.compile needs a C++ compiler' : installPeers }),
      }),
    );
  }
  return rows;
}

export const run = trainSuite;

async function tokensPerSecond(config: ModelConfig, rows: number, steps: number): Promise<number> {
  const model = await createTransformer({
    config,
    executor: createNodeExecutor({ threads }),
    optimizer: adamW(),
  });
  const columns = config.contextLength;
  const random = createRandom(1, 'train-bench');
  const inputs = Int32Array.from({ length: rows * columns }, () => random.integer(config.vocabularySize));
  const weights = new Float32Array(inputs.length).fill(1);
  const batch = { rows, columns, inputs, targets: inputs, weights, normalizer: inputs.length };
  const seconds: number[] = [];
  for (let step = 0; step < steps + 2; step++) {
    const begun = performance.now();
    await model.trainStep(batch, { learningRate: 1e-3 });
    if (step >= 2) seconds.push((performance.now() - begun) / 1000);
  }
  await model.dispose();
  return (rows * columns) / seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)]!;
}
