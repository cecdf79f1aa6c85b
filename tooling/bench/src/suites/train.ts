/**
 * One optimizer step (forward, backward, clipping, AdamW) against the same model in PyTorch, same threads,
 * float32, and against the rate of a bare product in the same process. Ours and PyTorch's processes
 * alternate, and the best step of each counts, so that a busy machine does not decide. BENCH_THREADS (default
 * 2); BENCH_TRAIN_SIZES is a list of `2M`, `5M` and `30M` (default all).
 */
import { createRandom } from '@llm/core';
import { type Executor, productRate } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createModelConfig, createTransformer, type ModelConfig, parameterCount } from '@llm/model';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const rounds = 2;

interface Case {
  readonly config: ModelConfig;
  readonly rows: number;
  readonly steps: number;
}

const shape = (depth: number, width: number, vocabularySize: number, contextLength: number): ModelConfig =>
  createModelConfig({ depth, width, headWidth: 64, vocabularySize, contextLength });

const cases: Readonly<Record<string, Case>> = {
  '2M': { config: shape(3, 192, 2048, 128), rows: 16, steps: 20 },
  '5M': { config: shape(4, 256, 4096, 256), rows: 16, steps: 8 },
  '30M': { config: shape(8, 512, 4096, 256), rows: 16, steps: 3 },
};

interface PyTorchRates {
  readonly version: string;
  readonly eager: number;
  readonly compile?: number | undefined;
}

export async function trainSuite(): Promise<BenchRow[]> {
  const sizes = (process.env.BENCH_TRAIN_SIZES ?? Object.keys(cases).join(',')).split(',');
  const rows: BenchRow[] = [];
  for (const size of sizes) {
    const chosen = cases[size];
    if (chosen === undefined)
      throw new Error(`BENCH_TRAIN_SIZES: "${size}" is none of ${Object.keys(cases).join(', ')}.`);
    rows.push(...(await measure(chosen)));
  }
  return rows;
}

async function measure({ config, rows, steps }: Case): Promise<BenchRow[]> {
  const executor = createNodeExecutor({ threads });
  const columns = config.contextLength;
  const peerOptions = { ...config, rows, columns, steps, threads, compile: true };
  let ours = 0;
  let product = 0;
  let peer: PyTorchRates | undefined;
  for (let round = 0; round < rounds; round++) {
    ours = Math.max(ours, await tokensPerSecond(executor, config, rows, steps));
    product = Math.max(product, await productRate(executor, { repeats: 20 }));
    const again = runPythonPeer<PyTorchRates>('train_step.py', peerOptions);
    if (again) peer = better(peer, again);
  }
  const common = {
    suite: 'train',
    case: `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, vocabulary ${config.vocabularySize}, ${rows} × ${columns} tokens, float32, ${threads} threads, onnxruntime-node CPU`,
    higherIsBetter: true,
  };
  const rate = { ...common, metric: 'training rate', unit: 'tokens/s', ours };
  return [
    benchRow({
      ...rate,
      peerName: `PyTorch ${peer?.version ?? ''} eager`.replace('  ', ' '),
      peer: peer?.eager ?? null,
      ...(peer ? {} : { note: installPeers }),
    }),
    benchRow({
      ...rate,
      peerName: `PyTorch ${peer?.version ?? ''} torch.compile`.replace('  ', ' '),
      peer: peer?.compile ?? null,
      ...(peer?.compile ? {} : { note: peer ? 'torch.compile needs a C++ compiler' : installPeers }),
    }),
    benchRow({
      ...common,
      metric: 'arithmetic rate of a training step',
      unit: 'GFLOP/s',
      ours: (ours * flopsPerToken(config)) / 1e9,
      peerName: 'MatMul of 1024 × 1024 × 1024 in the same process',
      peer: product / 1e9,
    }),
  ];
}

function better(a: PyTorchRates | undefined, b: PyTorchRates): PyTorchRates {
  const compile = Math.max(a?.compile ?? 0, b.compile ?? 0);
  return { version: b.version, eager: Math.max(a?.eager ?? 0, b.eager), ...(compile > 0 ? { compile } : {}) };
}

/**
 * What a token must cost: six operations per weight that multiplies (two forward,
 * four backward), and attention over the half of the window that is visible on
 * average. What is computed beyond that (masked scores) does not count.
 */
export function flopsPerToken(config: ModelConfig): number {
  const multiplying = parameterCount(config) - config.vocabularySize * config.width;
  const attention = 12 * config.depth * config.heads * config.headWidth * (config.contextLength / 2);
  return 6 * multiplying + attention;
}

async function tokensPerSecond(
  executor: Executor,
  config: ModelConfig,
  rows: number,
  steps: number,
): Promise<number> {
  const model = await createTransformer({ config, executor, optimizer: adamW() });
  const columns = config.contextLength;
  const random = createRandom(1, 'train-bench');
  const inputs = Int32Array.from({ length: rows * columns }, () => random.integer(config.vocabularySize));
  const weights = new Float32Array(inputs.length).fill(1);
  const batch = { rows, columns, inputs, targets: inputs, weights, normalizer: inputs.length };
  let best = Number.POSITIVE_INFINITY;
  for (let step = 0; step < steps + 2; step++) {
    const begun = performance.now();
    await model.trainStep(batch, { learningRate: 1e-3 });
    if (step >= 2) best = Math.min(best, performance.now() - begun);
  }
  await model.dispose();
  return (rows * columns * 1000) / best;
}
