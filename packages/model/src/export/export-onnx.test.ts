import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import type { NamedTensor } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, expect, test } from 'vitest';
import {
  memorized,
  memorizedParameters,
  tinyArchitectures,
  tinyConfig,
} from '../fixtures/memorized-parameters.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { floatToHalf, halfToFloat } from '../half-precision.js';
import { createModelConfig, type ModelConfig } from '../model-config.js';
import { embeddingName, parameterLayout } from '../parameter-layout.js';
import { createTransformer } from '../transformer.js';
import { bitsInQ4 } from './block-quantized-graph.js';
import { exportOnnx, type OnnxDtype } from './export-onnx.js';
import { dequantizeMatrix, quantizeMatrix } from './quantize-blocks.js';
import { dequantizeRows, quantizeRows } from './quantize-rows.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-onnx-'));
const store = new DirectoryStore(directory);
afterAll(() => rmSync(directory, { recursive: true }));
env.localModelPath = directory;
env.allowRemoteModels = false;
const executor = createNodeExecutor({ threads: 1 });

/** Largest distance of a logit from ours with the weights of the file, relative to the root mean square of all logits. */
const tolerances: Readonly<Record<OnnxDtype, number>> = {
  fp32: 1e-5,
  fp16: 0.01,
  // Activations are rounded to 8 bits too.
  q8: 0.1,
  q4: 0.1,
  q4f16: 0.1,
};
const dtypes = Object.keys(tolerances) as OnnxDtype[];

/** The weights a file of that format computes with. */
function weightsOf(
  dtype: OnnxDtype,
  config: ModelConfig,
  parameters: ReadonlyMap<string, NamedTensor>,
): Map<string, NamedTensor> {
  const layout = parameterLayout(config);
  return new Map(
    [...parameters].map(([name, { shape, data }]) => {
      const { role } = layout.get(name)!;
      const integers = role === 'matrix' || role === 'head' || name === embeddingName;
      if (dtype === 'q8' && integers)
        return [name, { shape, data: dequantizeRows(quantizeRows(data, shape[1]!)) }];
      if (dtype.startsWith('q4') && integers && (name !== embeddingName || config.width % 32 === 0))
        return [name, { shape, data: dequantizeMatrix(quantizeMatrix(data, shape[1]!, bitsInQ4(name))) }];
      if (dtype.endsWith('16'))
        return [name, { shape, data: data.map((value) => halfToFloat(floatToHalf(value))) }];
      return [name, { shape, data }];
    }),
  );
}

const int64 = (values: Iterable<number>, shape: number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(values as number[], BigInt), shape);

/** Two prompts of different lengths: the shorter one is padded at the left, which the mask must hide. */
const prompts = [memorized[0]!.subarray(0, 5), memorized[1]!.subarray(0, 2)];

async function greedy(model: PreTrainedModel, maxNewTokens: number): Promise<number[][]> {
  const padding = prompts.map((prompt) => new Array<number>(5 - prompt.length).fill(0));
  const generated = (await model.generate({
    inputs: int64(
      prompts.flatMap((prompt, row) => [...padding[row]!, ...prompt]),
      [2, 5],
    ),
    attention_mask: int64(
      prompts.flatMap((prompt, row) => [...padding[row]!, ...prompt.map(() => 1)]),
      [2, 5],
    ),
    max_new_tokens: maxNewTokens,
    do_sample: false,
    eos_token_id: null,
  } as unknown as Parameters<PreTrainedModel['generate']>[0])) as Tensor;
  return (generated.tolist() as bigint[][]).map((row) => row.slice(5).map(Number));
}

function largestError(got: Float32Array, expected: Float32Array): number {
  const scale = Math.sqrt(expected.reduce((sum, x) => sum + x * x, 0) / expected.length);
  return expected.reduce((worst, x, i) => Math.max(worst, Math.abs(x - got[i]!)), 0) / scale;
}

test.each(Object.keys(tinyArchitectures))(
  'transformers.js loads %s in every number format: our logits and greedy tokens with the same weights',
  async (name) => {
    const config = tinyConfig(name);
    const parameters = await memorizedParameters(config);
    await exportOnnx(store, name, { config, parameters, dtypes, specialTokens: { bos: 0, eos: 60 } });
    const sequence = memorized[0]!;
    for (const dtype of dtypes) {
      const theirs = await AutoModelForCausalLM.from_pretrained(name, { dtype, device: 'cpu' });
      const ours = await createTransformer({
        config,
        executor,
        parameters: weightsOf(dtype, config, parameters),
      });
      const { logits } = (await theirs({
        input_ids: int64(sequence, [1, 32]),
        attention_mask: int64(
          sequence.map(() => 1),
          [1, 32],
        ),
      })) as { logits: Tensor };
      const expected = await ours.logits({ rows: 1, columns: 32, inputs: sequence });
      const error = largestError(logits.data as Float32Array, expected);
      expect(error, `${dtype}: largest error of a logit`).toBeLessThan(tolerances[dtype]);
      const completions = await ours.generate(prompts, { maxNewTokens: 24, temperature: 0 });
      const tokens = await greedy(theirs, 24);
      expect(tokens, dtype).toEqual(completions.map(({ ids }) => [...ids]));
      // The model knows its sequence in every format.
      expect(tokens[0]).toEqual([...sequence.subarray(5, 29)]);
      await Promise.all([theirs.dispose(), ours.dispose()]);
    }
  },
);
