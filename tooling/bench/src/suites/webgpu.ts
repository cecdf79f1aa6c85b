/**
 * A GPU from Node: train steps with parameters and optimizer state on the device, and sampling, against the
 * CPU, against PyTorch and Hugging Face generate on the same GPU through CUDA (float32, products in float32),
 * and against what the device reaches in large products alone. Without a GPU there is nothing to measure:
 * Chromium's software driver is none. BENCH_WEBGPU=1 measures whatever adapter the Vulkan loader finds;
 * BENCH_WEBGPU_SIZES is a list of `tiny`, `5M`, `30M` and `176M` (default all but the first).
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { productRate } from '@llm/graph';
import { createNodeExecutor, createNodeWebgpuExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, type ModelConfig, parameterCount } from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';
import { measureSampling, type Sampling } from '../sampling.js';
import { type TrainingTask, trainOnExecutor } from '../training-run.js';
import { flopsPerToken } from './train.js';

interface Case {
  readonly config: ModelConfig;
  readonly rows: number;
  /** The CPU takes too long for the rest. */
  readonly onCpu: boolean;
  /** Side of the products the device is rated by. */
  readonly side: number;
}

const shape = (depth: number, width: number, vocabularySize: number, contextLength: number): ModelConfig =>
  createModelConfig({ depth, width, headWidth: 64, vocabularySize, contextLength });

const cases: Readonly<Record<string, Case>> = {
  tiny: { config: shape(1, 64, 256, 32), rows: 2, onCpu: true, side: 256 },
  '5M': { config: shape(4, 256, 4096, 256), rows: 16, onCpu: true, side: 4096 },
  '30M': { config: shape(8, 512, 4096, 256), rows: 32, onCpu: false, side: 4096 },
  '176M': { config: shape(30, 576, 49_152, 512), rows: 8, onCpu: false, side: 4096 },
};
const prompt = 16;
const newTokens = 64;

/** Why nothing can be measured, or undefined. */
function withoutGpu(): string | undefined {
  if (process.env.BENCH_WEBGPU) return undefined;
  if (process.env.VK_ICD_FILENAMES?.includes('swiftshader'))
    return 'VK_ICD_FILENAMES names a software driver';
  if (process.platform !== 'linux') return undefined;
  const devices = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  if (existsSync('/dev/nvidia0') || devices.some((name) => name.startsWith('renderD'))) return undefined;
  return 'no GPU on this machine (/dev/dri and /dev/nvidia0 are absent); BENCH_WEBGPU=1 measures regardless';
}

export async function webgpuSuite(): Promise<BenchRow[]> {
  const sizes = (process.env.BENCH_WEBGPU_SIZES ?? '5M,30M,176M').split(',');
  const reason = withoutGpu();
  const rows: BenchRow[] = [];
  for (const size of sizes) {
    const chosen = cases[size];
    if (chosen === undefined)
      throw new Error(`BENCH_WEBGPU_SIZES: "${size}" is none of ${Object.keys(cases).join(', ')}.`);
    rows.push(...(await training(chosen, reason)), ...(await sampling(chosen, reason)));
  }
  return rows;
}

/** Python peers compute on the GPU where PyTorch sees one. */
const cuda = { device: 'cuda', threads: availableParallelism() };

async function training({ config, rows, onCpu, side }: Case, reason?: string): Promise<BenchRow[]> {
  const columns = config.contextLength;
  const task: TrainingTask = { config, rows, steps: 10, warmUp: 3 };
  const common = {
    suite: 'webgpu',
    case: `${sizeOf(config)}, ${rows} × ${columns} tokens, float32, onnxruntime-node WebGPU`,
    higherIsBetter: true,
  };
  const rate = { ...common, metric: 'training rate', unit: 'tokens/s' };
  const cpuName = `onnxruntime-node CPU, ${availableParallelism()} threads`;
  if (reason !== undefined)
    return [benchRow({ ...rate, ours: Number.NaN, peerName: cpuName, peer: null, note: reason })];

  const executor = createNodeWebgpuExecutor();
  const ours = await trainOnExecutor(executor, task);
  const last = ours.losses.length - 1;
  const measured = { ...rate, ours: ours.tokensPerSecond };
  const result: BenchRow[] = [];
  if (onCpu) {
    const cpu = await trainOnExecutor(createNodeExecutor(), task);
    const note = `loss after ${last + 1} steps: ${ours.losses[last]!.toFixed(4)}, CPU ${cpu.losses[last]!.toFixed(4)}`;
    result.push(benchRow({ ...measured, peerName: cpuName, peer: cpu.tokensPerSecond, note }));
  }
  const peer = runPythonPeer<{ version: string; eager: number; compile?: number }>('train_step.py', {
    ...config,
    rows,
    columns,
    steps: task.steps,
    // The deepest takes minutes to compile.
    compile: config.depth <= 8,
    ...cuda,
  });
  const name = `PyTorch ${peer?.version ?? ''} on CUDA`.replace('  ', ' ');
  const note = peer === undefined ? { note: installPeers } : {};
  const product = await productRate(executor, { side, products: side > 1024 ? 16 : 2 });
  result.push(
    benchRow({ ...measured, ...note, peerName: `${name}, eager`, peer: peer?.eager ?? null }),
    ...(peer === undefined || peer.compile !== undefined
      ? [benchRow({ ...measured, ...note, peerName: `${name}, torch.compile`, peer: peer?.compile ?? null })]
      : []),
    benchRow({
      ...common,
      metric: 'arithmetic rate of a training step',
      unit: 'GFLOP/s',
      ours: (ours.tokensPerSecond * flopsPerToken(config)) / 1e9,
      peerName: `products of ${side} × ${side} × ${side} on the same device`,
      peer: product / 1e9,
    }),
  );
  return result;
}

async function sampling({ config }: Case, reason?: string): Promise<BenchRow[]> {
  const many = 64;
  const row = (rows: number) => ({
    suite: 'webgpu',
    case: `${sizeOf(config)}, ${rows} row${rows > 1 ? 's' : ''}, prompts of ${prompt}, ${newTokens} new tokens, float32, onnxruntime-node WebGPU`,
    metric: 'sampling rate',
    unit: 'tokens/s',
    higherIsBetter: true,
  });
  if (reason !== undefined)
    return [
      benchRow({ ...row(1), ours: Number.NaN, peerName: 'Hugging Face generate', peer: null, note: reason }),
    ];

  const model = await createTransformer({ config, executor: createNodeWebgpuExecutor() });
  const sample = async (rows: number): Promise<Sampling> =>
    measureSampling(3, async (seed) => {
      const prompts = Array.from({ length: rows }, (_, row) =>
        Int32Array.from({ length: prompt }, (_, i) => (row * prompt + i) % config.vocabularySize),
      );
      await model.generate(prompts, { maxNewTokens: newTokens, temperature: 1, seed });
      return rows * newTokens;
    });
  const ours = new Map([
    [1, await sample(1)],
    [many, await sample(many)],
  ]);
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  const parameters = await model.mergedParameters();
  await exportHuggingFace(new DirectoryStore(directory), 'model', { config, parameters });
  await model.dispose();
  const peer = runPythonPeer<{ version: string; rates: Readonly<Record<string, Sampling>> }>('generate.py', {
    directory: join(directory, 'model'),
    rows: [1, many],
    prompt,
    newTokens,
    ...cuda,
  });
  rmSync(directory, { recursive: true });
  return [1, many].map((rows) =>
    benchRow({
      ...row(rows),
      ours: ours.get(rows)!.rate,
      peerName: `Hugging Face generate ${peer?.version ?? ''} on CUDA`.replace('  ', ' '),
      peer: peer?.rates[rows]?.rate ?? null,
      ...(peer === undefined ? { note: installPeers } : {}),
    }),
  );
}

function sizeOf(config: ModelConfig): string {
  return `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, vocabulary ${config.vocabularySize}`;
}
