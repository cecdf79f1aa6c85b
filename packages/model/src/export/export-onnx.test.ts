import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, expect, test } from 'vitest';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createModelConfig, type ModelConfigOptions } from '../model-config.js';
import { createTransformer } from '../transformer.js';
import { exportOnnx } from './export-onnx.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-onnx-'));
afterAll(() => rmSync(directory, { recursive: true }));
env.localModelPath = directory;
env.allowRemoteModels = false;
const executor = createNodeExecutor({ threads: 1 });

const architectures: Readonly<Record<string, Partial<ModelConfigOptions>>> = {
  qwen3: { keyValueHeads: 2 },
  llama: { queryKeyNormalization: 'none', tiedHead: true },
  gpt2: {
    positions: 'learned',
    normalization: 'layer',
    feedForward: 'geluTanh',
    queryKeyNormalization: 'none',
    attentionBias: true,
    feedForwardBias: true,
    tiedHead: true,
  },
  nanochat: {
    normalization: 'rmsPlain',
    queryKeyNormalization: 'rmsPlain',
    feedForward: 'reluSquared',
    embeddingNormalization: true,
    logitSoftcap: 15,
  },
};

test.each(Object.entries(architectures))(
  'transformers.js loads %s and generates our greedy tokens',
  async (name, overrides) => {
    const config = createModelConfig({
      vocabularySize: 61,
      contextLength: 48,
      depth: 2,
      width: 32,
      heads: 4,
      ...overrides,
    });
    const parameters = oracleParameters(config);
    await exportOnnx(new DirectoryStore(directory), name, {
      config,
      parameters,
      specialTokens: { bos: 0, eos: 60 },
    });
    const theirs = await AutoModelForCausalLM.from_pretrained(name, { dtype: 'fp32', device: 'cpu' });
    // Two prompts of different lengths: the shorter one is padded at the left, which the mask must hide.
    const prompts = [Int32Array.of(3, 17, 5, 42, 8), Int32Array.of(9, 2)];
    const ids = prompts.flatMap((prompt) => [...new Array<number>(5 - prompt.length).fill(0), ...prompt]);
    const mask = prompts.flatMap((prompt) => [
      ...new Array<number>(5 - prompt.length).fill(0),
      ...prompt.map(() => 1),
    ]);
    const int64 = (values: readonly number[]): Tensor =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), [2, 5]);
    const generated = (await theirs.generate({
      inputs: int64(ids),
      attention_mask: int64(mask),
      max_new_tokens: 20,
      do_sample: false,
      eos_token_id: null,
    } as unknown as Parameters<typeof theirs.generate>[0])) as Tensor;
    const rows = generated.tolist() as bigint[][];
    const ours = await createTransformer({ config, executor, parameters });
    const completions = await ours.generate(prompts, { maxNewTokens: 20, temperature: 0 });
    for (const [row, { ids: expected }] of completions.entries())
      expect(rows[row]!.slice(5).map(Number)).toEqual([...expected]);
    await ours.dispose();
  },
);
