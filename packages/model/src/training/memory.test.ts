import type { NamedTensor, TokenBatch } from '@llm/core';
import { createRandom } from '@llm/core';
import type { Objective } from '@llm/graph';
import { add, div, estimatePeakMemory, mul, neg, reduceSum } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { architectureOf } from '../architecture/architecture.js';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { nanochatStyle } from '../config/nanochat-style.js';
import { capturedGradients, gradientCapture } from '../fixtures/gradient-capture.js';
import { oracleParameters, oracleWeights } from '../fixtures/oracle-weights.js';
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import nanochat from '../fixtures/tiny-nanochat.json' with { type: 'json' };
import switches from '../fixtures/tiny-nanochat-switches.json' with { type: 'json' };
import qwen3 from '../fixtures/tiny-qwen3.json' with { type: 'json' };
import tied from '../fixtures/tiny-qwen3-tied.json' with { type: 'json' };
import { fromHuggingFaceConfig } from '../hugging-face/config.js';
import { adamW } from '../optimizers/adamw.js';
import { createTransformer } from '../transformer.js';
import type { LoraConfig } from '../weights/lora.js';
import { type MemoryOption, memoryFor } from './memory.js';
import { negativeLogLikelihood } from './negative-log-likelihood.js';
import { trainingGraph } from './training-graph.js';

// Slow: steps over long windows

const executor = createNodeExecutor({ threads: 1 });
const [rows, columns] = [2, 8];

function batchFor({ vocabularySize }: ModelConfig, segmented: boolean): TokenBatch {
  const random = createRandom(5);
  const ids = (): Int32Array =>
    Int32Array.from({ length: rows * columns }, () => random.integer(vocabularySize));
  return {
    rows,
    columns,
    inputs: ids(),
    targets: ids(),
    weights: Float32Array.from({ length: rows * columns }, () => random.uniform()),
    normalizer: 7,
    ...(segmented
      ? { segments: Int32Array.from({ length: rows * columns }, (_, i) => (i % columns < 5 ? 0 : 1)) }
      : {}),
  };
}

/** Likelihood and entropy, so that both paths through the head are differentiated. */
const withEntropy: Objective = {
  name: 'with-entropy',
  extraInputs: [],
  build: ({ logProbabilities, weights, normalizer, entropy }) => ({
    loss: div(neg(reduceSum(mul(add(logProbabilities, mul(entropy(), 0.3)), weights))), normalizer),
  }),
};

interface Options {
  readonly segmented?: boolean | undefined;
  readonly lora?: LoraConfig | undefined;
  readonly objective?: Objective | undefined;
}

/** Loss, gradients and log-probabilities of one batch. */
async function measure(
  config: ModelConfig,
  memory: MemoryOption,
  { segmented = false, ...options }: Options,
) {
  const model = await createTransformer({
    config,
    executor,
    parameters: oracleParameters(config),
    optimizer: gradientCapture,
    memory,
    ...options,
  });
  if (options.lora) {
    const layout = [...architectureOf(config, options.lora).trained];
    const parameters = new Map(layout.map(([name, { shape }]) => [name, oracleWeights(name, shape)]));
    await model.restore({ stepsTaken: 0, parameters, optimizerState: new Map() });
  }
  const batch = batchFor(config, segmented);
  const { loss } = await model.trainStep(batch, { learningRate: 1 });
  const logProbabilities = await model.logProbabilities(batch);
  const gradients = capturedGradients(await model.snapshot());
  await model.dispose();
  const shape = [1];
  return new Map<string, NamedTensor>([
    ...gradients,
    ['loss', { shape, data: Float32Array.of(loss) }],
    ['logProbabilities', { shape, data: logProbabilities }],
  ]);
}

/** Pieces of three queries and two or three positions. */
const pieces = ({ heads, vocabularySize }: ModelConfig): MemoryOption => ({
  pieceBytes: 4 * Math.max(3 * rows * heads * columns, 2 * vocabularySize),
});

async function expectSame(config: ModelConfig, options: Options = {}): Promise<void> {
  const expected = await measure(config, 'fast', options);
  const actual = await measure(config, pieces(config), options);
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  const sizeOf = ({ data }: NamedTensor): number => Math.max(...data.map(Math.abs));
  const largest = Math.max(...[...expected.values()].map(sizeOf));
  for (const [name, tensor] of expected) {
    const { data } = tensor;
    // The gradient of a key's bias is zero but for rounding where positions are learned.
    const size = Math.max(sizeOf(tensor), 1e-3 * largest);
    const apart = Math.max(...data.map((value, i) => Math.abs(value - actual.get(name)!.data[i]!)));
    expect(apart / size, name).toBeLessThan(1e-5);
  }
}

describe('compact equals fast in loss, every gradient and log-probabilities', () => {
  const read = (fixture: { config: object }, file: string): ModelConfig =>
    fromHuggingFaceConfig(JSON.stringify(fixture.config), file);
  const configs = {
    'GPT-2': read(gpt2, 'tiny-gpt2.json'),
    Llama: read(llama, 'tiny-llama.json'),
    'Qwen3, grouped queries': read(qwen3, 'tiny-qwen3.json'),
    'Qwen3, tied head': read(tied, 'tiny-qwen3-tied.json'),
    'nanochat, softcap': read(nanochat, 'tiny-nanochat.json'),
    'nanochat, all switches': createModelConfig({ ...nanochatStyle, ...switches.config }),
  };
  for (const [name, config] of Object.entries(configs)) test(name, () => expectSame(config));

  const grouped = configs['Qwen3, grouped queries'];
  test('segments', () => expectSame(grouped, { segmented: true }));
  test('LoRA', () => expectSame(grouped, { lora: { rank: 3, targets: ['q_proj', 'v_proj', 'down_proj'] } }));
  test('entropy of a softcapped head', () =>
    expectSame(configs['nanochat, softcap'], { objective: withEntropy, segmented: true }));
});

test('the default depends on the batch', () => {
  const config = createModelConfig({ vocabularySize: 32_768, contextLength: 16_384, depth: 4, width: 256 });
  expect(memoryFor(config, 8, 512, undefined)).toBeUndefined();
  expect(memoryFor(config, 1, 8192, undefined)).toEqual({ queries: 256, positions: 256 });
  expect(memoryFor(config, 1, 8192, 'fast')).toBeUndefined();
  expect(memoryFor(config, 1, 512, 'compact')).toEqual({ queries: 512, positions: 256 });
});

describe('8,192 tokens, depth 4, width 256, vocabulary 32,768', () => {
  const columns = 8192;
  const config = createModelConfig({ vocabularySize: 32_768, contextLength: columns, depth: 4, width: 256 });
  const { graph } = trainingGraph({
    architecture: architectureOf(config),
    objective: negativeLogLikelihood,
    optimizer: adamW(),
    shape: { rows: 1, columns, segmented: false, memory: memoryFor(config, 1, columns, undefined) },
  });

  test('no result or constant is larger than a piece or a parameter', () => {
    const largest = 4 * config.vocabularySize * config.width;
    const made = [...graph.constants, ...graph.nodes.flatMap(({ outputs }) => outputs)];
    for (const { name, shape } of made)
      expect(4 * (shape as readonly number[]).reduce((a, b) => a * b, 1), name).toBeLessThanOrEqual(largest);
  });

  test('what a step holds at once is estimated at less than two gibibytes', () => {
    expect(estimatePeakMemory(graph)).toBeLessThan(2 ** 31);
  });
});
