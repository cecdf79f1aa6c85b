/**
 * A GPU from Node: the train step of the 5 M model, parameters and optimizer state on the device, against the
 * CPU and against what the device reaches in large products alone. Without a GPU there is nothing to measure:
 * Chromium's software driver is none. BENCH_WEBGPU=1 measures whatever adapter the Vulkan loader finds;
 * BENCH_SMALL=1 takes a tiny model.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Executor, Graph, matMul, reduceMax, serializeOnnx } from '@llm/graph';
import { createNodeExecutor, createNodeWebgpuExecutor } from '@llm/graph/node';
import { createModelConfig, parameterCount } from '@llm/model';
import { type BenchRow, benchRow } from '../row.js';
import { type TrainingTask, trainOnExecutor } from '../training-run.js';
import { flopsPerToken } from './train.js';

const tiny = process.env.BENCH_SMALL !== undefined;
const size = tiny
  ? { depth: 1, width: 64, headWidth: 64, vocabularySize: 256, contextLength: 32 }
  : { depth: 4, width: 256, headWidth: 64, vocabularySize: 4096, contextLength: 256 };
/** Side of the products the device is rated by. */
const side = tiny ? 256 : 2048;
const task: TrainingTask = { config: createModelConfig(size), rows: tiny ? 2 : 16, steps: 10, warmUp: 3 };

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
  const { config, rows } = task;
  const common = {
    suite: 'webgpu',
    case: `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, vocabulary ${config.vocabularySize}, ${rows} × ${config.contextLength} tokens, float32, onnxruntime-node WebGPU`,
    higherIsBetter: true,
  };
  const rate = { ...common, metric: 'training rate', unit: 'tokens/s' };
  const share = { ...common, metric: 'arithmetic rate of a training step', unit: 'GFLOP/s' };
  const cpuName = `onnxruntime-node CPU, ${availableParallelism()} threads`;
  const productName = `products of ${side} × ${side} × ${side} on the same device`;
  const reason = withoutGpu();
  if (reason !== undefined) {
    const nothing = { ours: Number.NaN, peer: null, note: reason };
    return [
      benchRow({ ...rate, ...nothing, peerName: cpuName }),
      benchRow({ ...share, ...nothing, peerName: productName }),
    ];
  }
  const executor = createNodeWebgpuExecutor();
  const ours = await trainOnExecutor(executor, task);
  const cpu = await trainOnExecutor(createNodeExecutor(), task);
  const last = ours.losses.length - 1;
  const note = `loss after ${last + 1} steps: ${ours.losses[last]!.toFixed(4)}, CPU ${cpu.losses[last]!.toFixed(4)}`;
  return [
    benchRow({ ...rate, ours: ours.tokensPerSecond, peerName: cpuName, peer: cpu.tokensPerSecond, note }),
    benchRow({
      ...share,
      ours: (ours.tokensPerSecond * flopsPerToken(config)) / 1e9,
      peerName: productName,
      peer: (await productRate(executor)) / 1e9,
    }),
  ];
}

/** Operations per second of products one after the other on the device; only one number comes back. */
async function productRate(executor: Executor): Promise<number> {
  const products = tiny ? 2 : 16;
  const graph = new Graph();
  const x = graph.input('x', 'float32', [side, side]);
  let product = x;
  for (let i = 0; i < products; i++) product = matMul(product, x);
  graph.output('greatest', reduceMax(product));
  const session = await executor.createSession(serializeOnnx(graph, { target: executor.target }));
  const data = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i) / side);
  const onDevice = await executor.device!.upload({ type: 'float32', shape: [side, side], data });
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 10; repeat++) {
    const begun = performance.now();
    await session.runResident!({ x: onDevice }, ['greatest']);
    best = Math.min(best, (performance.now() - begun) / 1000);
  }
  onDevice.dispose();
  await session.dispose();
  return (products * 2 * side ** 3) / best;
}
