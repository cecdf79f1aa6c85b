// Slow: models of several architectures are written in every type and opened by llama.cpp
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LlamaCppModel, llamaCppMissing, loadInLlamaCpp } from '@llm/build/llama-cpp';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, expect, test } from 'vitest';
import type { ModelConfigOptions } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { characterTokens, ggufTokenizer } from '../fixtures/character-tokenizer.js';
import { memorized, memorizedParameters, tinyConfig } from '../fixtures/memorized-parameters.js';
import { createTransformer, type Transformer } from '../transformer.js';
import { importGguf } from './import-gguf.js';
import { bytesSource } from './reading/byte-source.js';
import type { GgufDtype } from './stored-types.js';
import { writeGguf } from './write-gguf.js';

const missing = llamaCppMissing();
const directory = mkdtempSync(join(tmpdir(), 'llm-gguf-'));
afterAll(() => rmSync(directory, { recursive: true }));
const executor = createNodeExecutor({ threads: 1 });

/** Largest distance of a probability from ours with the weights of the file. */
const tolerances: Readonly<Record<GgufDtype, number>> = {
  // llama.cpp takes GELU from a table of half-precision numbers; the other architectures are within 1e-6.
  f32: 1e-4,
  // It rounds activations as it does the weights.
  f16: 4e-3,
  q8_0: 0.06,
  q4_0: 0.1,
  q4_k: 0.1,
  q6_k: 0.06,
};
/** When not told otherwise its cache is F16, and its flash attention rounds queries. */
const contextOptions = {
  contextSize: 256,
  threads: 1,
  flashAttention: false,
  experimentalKvCacheKeyType: 'F32',
  experimentalKvCacheValueType: 'F32',
} as const;
const dtypes = Object.keys(tolerances) as GgufDtype[];

const some: readonly GgufDtype[] = ['f32', 'q8_0', 'q4_k'];

type Architecture = readonly [string, Partial<ModelConfigOptions>, (readonly GgufDtype[])?];

const architectures: Readonly<Record<string, Architecture>> = {
  qwen3: ['qwen3', {}],
  llama: ['llama', {}],
  gpt2: ['gpt2', {}],
  'qwen2 with linear scaling': [
    'llama',
    { attentionBias: true, attentionOutputBias: false, rotaryScaling: { type: 'linear', factor: 4 } },
  ],
  'llama with YaRN': [
    'llama',
    {
      rotaryScaling: {
        type: 'yarn',
        factor: 4,
        originalContextLength: 12,
        betaFast: 32,
        betaSlow: 1,
        truncate: true,
        attentionFactor: 0.1 * Math.log(4) + 1,
      },
    },
  ],
  'phi3 with heads that turn in part': ['phi3', { attentionWindow: undefined, family: undefined }, some],
  smollm3: ['smollm3', { depth: 4, rotatedLayers: [true, true, true, false] }, some],
  olmo2: ['olmo2', {}, some],
  gemma3: ['gemma3_text', { depth: 6, windowedLayers: [true, true, true, true, true, false] }, some],
  'qwen3 with rows of whole K-quant blocks': ['qwen3', { width: 256, feedForwardWidth: 512 }],
  'gpt2 with rows of whole K-quant blocks': ['gpt2', { width: 256 }],
  'llama with biases, grouped queries, wide heads and the scaled rotation of Llama 3': [
    'llama',
    {
      keyValueHeads: 2,
      headWidth: 32,
      attentionBias: true,
      feedForwardBias: true,
      tiedHead: false,
      rotaryScaling: {
        type: 'llama3',
        factor: 4,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalContextLength: 16,
      },
    },
  ],
};

test.skipIf(missing).each(Object.entries(architectures))(
  'llama.cpp loads %s in every type: our probabilities and greedy tokens with the same weights',
  async (_, [family, overrides, own = dtypes]) => {
    const config = tinyConfig(family, overrides);
    const parameters = await memorizedParameters(config);
    const tokenizer = ggufTokenizer(characterTokens(config.vocabularySize));
    const prompt = memorized[1]!.subarray(0, 3);
    for (const dtype of config.width % 256 === 0 ? (['q4_k', 'q6_k'] as const) : own) {
      const path = join(directory, `${family}-${config.width}-${dtype}.gguf`);
      const file = writeGguf({ config, parameters, dtype, tokenizer });
      writeFileSync(path, file);
      const theirs = await loadInLlamaCpp(path);
      const read = await importGguf(bytesSource(file));
      expect(read.config).toEqual(config);
      const ours = await createTransformer({ config, executor, parameters: read.parameters });
      const error = await largestError(theirs, ours, config);
      expect(error, `${dtype}: largest error of a probability`).toBeLessThan(tolerances[dtype]);
      const [completion] = await ours.generate([prompt], { maxNewTokens: 28, temperature: 0 });
      expect(await greedy(theirs, prompt, 28), dtype).toEqual([...completion!.ids]);
      await Promise.all([theirs.dispose(), ours.dispose()]);
    }
  },
);

async function largestError(theirs: LlamaCppModel, ours: Transformer, config: ModelConfig): Promise<number> {
  const sequence = memorized[0]!;
  const context = await theirs.createContext(contextOptions);
  const items = Array.from(sequence, (token) => [token, { generateNext: { probabilities: true } }] as const);
  const outputs = await context.getSequence().controlledEvaluate(items);
  await context.dispose();
  const logits = await ours.logits({ rows: 1, columns: sequence.length, inputs: sequence });
  let worst = 0;
  for (const [position, { next }] of outputs.entries()) {
    const start = position * config.vocabularySize;
    const exponentials = logits.slice(start, start + config.vocabularySize).map(Math.exp);
    const sum = exponentials.reduce((a, b) => a + b, 0);
    for (const [token, probability] of next.probabilities)
      worst = Math.max(worst, Math.abs(probability - exponentials[token]! / sum));
  }
  return worst;
}

async function greedy(model: LlamaCppModel, prompt: Int32Array, count: number): Promise<number[]> {
  const context = await model.createContext(contextOptions);
  const tokens: number[] = [];
  for await (const token of context
    .getSequence()
    .evaluate([...prompt], { temperature: 0, yieldEogToken: true })) {
    tokens.push(token);
    if (tokens.length === count) break;
  }
  await context.dispose();
  return tokens;
}
