import {
  type DeviceMemory,
  type Executor,
  type HostTensor,
  isResident,
  type ResidentTensor,
} from '@llm/graph';
import { createNodeExecutor, createNodeWebgpuExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from './config/create-model-config.js';
import type { ModelConfig } from './config/model-config.js';
import { nanochatStyle } from './config/nanochat-style.js';
import { prepareVulkan } from './fixtures/prepare-vulkan.js';
import { createTransformer, type Transformer } from './transformer.js';
import { initialParameters } from './weights/initial-parameters.js';

// Slow: the software GPU computes on the processor

const qwen3 = createModelConfig({
  vocabularySize: 37,
  contextLength: 64,
  depth: 1,
  width: 16,
  heads: 2,
  keyValueHeads: 1,
});
const nanochat = createModelConfig({ ...qwen3, ...nanochatStyle, width: 24, headWidth: 12 });
/** What Gemma 2 and 3 have, and heads that turn in part. */
const gemma = createModelConfig({
  ...qwen3,
  depth: 2,
  feedForward: 'gegluTanh',
  normalizationOffset: 1,
  normPlacement: 'both',
  embeddingScale: 4,
  attentionWindow: 3,
  windowedLayers: [true, false],
  attentionLogitSoftcap: 2,
  localRotaryBase: 50,
  rotaryWidth: 4,
});
const prompts = [Int32Array.of(1, 2, 3), Int32Array.of(4), Int32Array.of(1, 2, 3)];
const batch = {
  rows: 2,
  columns: 3,
  inputs: Int32Array.of(1, 2, 3, 4, 5, 6),
  targets: Int32Array.of(2, 3, 4, 5, 6, 7),
  weights: new Float32Array(6).fill(1),
  normalizer: 6,
};

interface Transfers {
  /** Greatest number of elements of an output that came back in one run. */
  readonly down: Map<string, number>;
  /** Elements of tensors that were left on the device and then asked for. */
  readonly downloads: number[];
  /** Elements of all inputs that went over, per run. */
  readonly up: number[];
}

/** The executor, and what crosses between host and device in runs that leave something there. */
function watched(executor: Executor): { readonly executor: Executor; readonly transfers: Transfers } {
  const transfers: Transfers = { down: new Map(), downloads: [], up: [] };
  const createSession: Executor['createSession'] = async (model, options) => {
    const session = await executor.createSession(model, options);
    const runResident = async (
      feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
      fetches: readonly string[],
    ) => {
      const outputs = await session.runResident!(feeds, fetches);
      const host = (tensors: object): [string, HostTensor][] =>
        Object.entries(tensors).filter(([, tensor]) => !isResident(tensor));
      transfers.up.push(host(feeds).reduce((sum, [, { data }]) => sum + data.length, 0));
      for (const [name, { data }] of host(outputs))
        transfers.down.set(name, Math.max(data.length, transfers.down.get(name) ?? 0));
      return outputs;
    };
    return { run: (...call) => session.run(...call), runResident, dispose: () => session.dispose() };
  };
  const memory = executor.device!;
  const device: DeviceMemory = {
    upload: (tensor) => memory.upload(tensor),
    download(tensor) {
      transfers.downloads.push(tensor.shape.reduce((a, b) => a * b, 1));
      return memory.download(tensor);
    },
  };
  return { executor: { ...executor, createSession, device }, transfers };
}

async function trained(
  config: ModelConfig,
  executor: Executor,
): Promise<{ model: Transformer; losses: number[] }> {
  const model = await createTransformer({ config, executor, seed: 2 });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++)
    losses.push((await model.trainStep(batch, { learningRate: 1e-2 })).loss);
  return { model, losses };
}

function agrees(name: string, config: ModelConfig, create: () => Executor): void {
  test(`${name}: trains, scores and generates as on the CPU; keys and values stay on the device`, async () => {
    const { executor, transfers } = watched(create());
    const theirs = await trained(config, executor);
    const ours = await trained(config, createNodeExecutor({ threads: 1 }));
    for (const [step, loss] of ours.losses.entries()) expect(theirs.losses[step]).toBeCloseTo(loss, 4);

    // 40 new tokens outgrow the first slots; rows end at different times.
    const greedy = { maxNewTokens: 40, temperature: 0, stopTokens: [7], topLogProbabilities: 2 };
    const expected = await ours.model.generate(prompts, greedy);
    for (const [row, completion] of (await theirs.model.generate(prompts, greedy)).entries()) {
      expect([...completion.ids]).toEqual([...expected[row]!.ids]);
      for (const [i, value] of completion.logProbabilities.entries())
        expect(value).toBeCloseTo(expected[row]!.logProbabilities[i]!, 4);
    }

    transfers.down.clear();
    transfers.up.length = 0;
    transfers.downloads.length = 0;
    const sampling = { maxNewTokens: 20, temperature: 0.9, seed: 3 };
    const sampled = await theirs.model.generate(prompts, sampling);
    expect(sampled.map(({ ids }) => [...ids])).toEqual(
      (await ours.model.generate(prompts, sampling)).map(({ ids }) => [...ids]),
    );
    const rows = prompts.length;
    expect(Object.fromEntries(transfers.down)).toEqual({
      logSum: rows,
      sampled: rows,
      sampledLogProbability: rows,
    });
    // Logits after the two distinct prompts; the steps after them return a few numbers per row.
    expect(transfers.downloads).toEqual([2 * config.vocabularySize]);
    // Tokens, positions, slot numbers: nothing as large as a cache of 32 slots after the first run.
    for (const elements of transfers.up.slice(1)) expect(elements).toBeLessThan(32 * config.headWidth);

    const targets = {
      rows: 1,
      columns: 3,
      inputs: batch.inputs.slice(0, 3),
      targets: batch.targets.slice(0, 3),
    };
    const scores = await ours.model.logProbabilities(targets);
    for (const [i, score] of (await theirs.model.logProbabilities(targets)).entries())
      expect(score).toBeCloseTo(scores[i]!, 4);
    for (const { model } of [ours, theirs]) await model.dispose();
  });
}

function sharesBatches(name: string, create: () => Executor): void {
  test(`${name}: calls join and leave, and go on from what was read, as on the CPU`, async () => {
    const parameters = new Map(
      [...initialParameters(qwen3, 3)].map(([key, tensor]) => [
        key,
        { ...tensor, data: tensor.data.map((value) => 8 * value) },
      ]),
    );
    const plain = await createTransformer({
      config: qwen3,
      executor: createNodeExecutor({ threads: 1 }),
      parameters,
    });
    const shared = await createTransformer({
      config: qwen3,
      executor: create(),
      parameters,
      prefixCache: { bytes: 1e6 },
    });
    const greedy = { maxNewTokens: 6, temperature: 0 };
    const ids = async (model: Transformer, list: readonly Int32Array[], more = {}) =>
      (await model.generate(list, { ...greedy, ...more })).map((row) => [...row.ids]);
    const long = Int32Array.from({ length: 30 }, (_, i) => (i * 11) % 37);
    // The second comes when the first is on its way, and outgrows its slots.
    let second: Promise<number[][]> | undefined;
    const onToken = (): void => {
      second ??= ids(shared, [long]);
    };
    expect(await ids(shared, prompts, { onToken })).toEqual(await ids(plain, prompts));
    expect(await second).toEqual(await ids(plain, [long]));
    const longer = Int32Array.of(...long, ...(await second)![0]!, 5);
    expect(await ids(shared, [longer])).toEqual(await ids(plain, [longer]));
    expect(shared.generationStatistics.reusedTokens).toBe(35);
    for (const model of [plain, shared]) await model.dispose();
  });
}

describe('devices', () => {
  sharesBatches('worker', () => createNodeWorkerExecutor({ threads: 1 }));
  agrees('worker', qwen3, () => createNodeWorkerExecutor({ threads: 1 }));
});

const driver = prepareVulkan();
if (!driver) {
  process.stderr.write('SKIPPED: WebGPU needs a Vulkan driver (apt-get install libvulkan1 chromium)\n');
}
describe.skipIf(!driver)('onnxruntime-node, WebGPU without CPU fallback', { timeout: 120_000 }, () => {
  agrees('WebGPU', qwen3, () => createNodeWebgpuExecutor());
  sharesBatches('WebGPU', () => createNodeWebgpuExecutor());
  agrees('nanochat on WebGPU', nanochat, () => createNodeWebgpuExecutor());
  agrees('Gemma on WebGPU', gemma, () => createNodeWebgpuExecutor());

  test('layers recomputed, attention and logits in pieces, and parts of a batch train as on the CPU', async () => {
    const segmented = { ...batch, segments: Int32Array.of(0, 1, 1, 0, 0, 0) };
    const results = async (executor: Executor) => {
      const model = await createTransformer({
        config: qwen3,
        executor,
        seed: 2,
        memory: { pieceBytes: 4 * 37 * 2 },
      });
      const losses: number[] = [];
      for (let step = 0; step < 2; step++)
        losses.push((await model.trainStep([segmented, segmented], { learningRate: 1e-2 })).loss);
      const scores = await model.logProbabilities(batch);
      await model.dispose();
      return [...losses, ...scores];
    };
    const expected = await results(createNodeExecutor({ threads: 1 }));
    for (const [i, value] of (await results(createNodeWebgpuExecutor())).entries())
      expect(value).toBeCloseTo(expected[i]!, 4);
  });
});
