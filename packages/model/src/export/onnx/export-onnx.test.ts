import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  type PreTrainedModel,
  Tensor,
  TextStreamer,
} from '@huggingface/transformers';
import type { NamedTensor } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { Executor } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { createWasmExecutor } from '@llm/graph/web';
import { afterAll, expect, test } from 'vitest';
import type { ModelConfig } from '../../config/model-config.js';
import { characterTokens, tokenizerFiles } from '../../fixtures/character-tokenizer.js';
import { dequantizeMatrix, dequantizeRows } from '../../fixtures/dequantize.js';
import {
  memorized,
  memorizedParameters,
  tinyArchitectures,
  tinyConfig,
} from '../../fixtures/memorized-parameters.js';
import { familyOf } from '../../hugging-face/config.js';
import { createTransformer } from '../../transformer.js';
import { floatToHalf, halfToFloat } from '../../weights/half-precision.js';
import { parameterLayout } from '../../weights/parameter-layout.js';
import { embeddingName } from '../../weights/parameter-names.js';
import { bitsInQ4, quantizeMatrix } from '../../weights/quantize-blocks.js';
import { exportOnnx, type OnnxDtype } from './export-onnx.js';
import { quantizeRows } from './quantize-rows.js';

// Slow: exported models run in transformers.js in five types of numbers

const directory = mkdtempSync(join(tmpdir(), 'llm-onnx-'));
const store = new DirectoryStore(directory);
afterAll(() => rmSync(directory, { recursive: true }));
env.localModelPath = directory;
env.allowRemoteModels = false;
const executor = createNodeExecutor({ threads: 1 });

/**
 * Largest distance of a logit from ours with the weights of the file, relative to the root mean square of all
 * logits.
 */
const tolerances: Readonly<Record<OnnxDtype, number>> = {
  fp32: 1e-4,
  fp16: 0.01,
  // Activations are rounded to 8 bits too.
  q8: 0.15,
  q4: 0.15,
  q4f16: 0.15,
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

/** One format is made from another by rules that know no family: the first have all, the others some. */
const dtypesOf = (name: string): readonly OnnxDtype[] =>
  ['qwen3', 'llama', 'gpt2', 'nanochat', 'gemma3_text'].includes(name) ? dtypes : ['fp32', 'q4f16'];

test.each(Object.keys(tinyArchitectures))(
  'transformers.js loads %s in its number formats: our logits and greedy tokens with the same weights',
  async (name) => {
    const config = tinyConfig(name);
    const parameters = await memorizedParameters(config);
    expect(familyOf(config)?.type).toBe(name);
    const specialTokens = { bos: 0, eos: 60 };
    await exportOnnx(store, name, { config, parameters, dtypes: dtypesOf(name), specialTokens });
    const sequence = memorized[0]!;
    for (const dtype of dtypesOf(name)) {
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

test('weights above the limit lie beside the model in parts, and are streamed from there as text', async () => {
  const config = tinyConfig('qwen3');
  const parameters = await memorizedParameters(config);
  await exportOnnx(store, 'parts', {
    config,
    parameters,
    dtypes: ['fp32', 'q4'],
    maximumFileBytes: 40_000,
    specialTokens: { eos: 60 },
    tokenizerFiles: tokenizerFiles(characterTokens(61)),
  });
  const files = readdirSync(join(directory, 'parts/onnx'));
  const count = (file: string): number => files.filter((name) => name.startsWith(`${file}_data`)).length;
  const { 'transformers.js_config': extra } = JSON.parse(
    readFileSync(join(directory, 'parts/config.json'), 'utf8'),
  );
  expect(extra.use_external_data_format).toEqual({
    'model.onnx': count('model.onnx'),
    'model_q4.onnx': count('model_q4.onnx'),
  });
  expect(count('model.onnx')).toBeGreaterThan(3);
  for (const file of files) expect(statSync(join(directory, 'parts/onnx', file)).size).toBeLessThan(65_000);

  const tokenizer = await AutoTokenizer.from_pretrained('parts');
  for (const dtype of ['fp32', 'q4'] as const) {
    const model = await AutoModelForCausalLM.from_pretrained('parts', { dtype, device: 'cpu' });
    let text = '';
    const streamer = new TextStreamer(tokenizer, {
      skip_prompt: true,
      callback_function: (piece) => (text += piece),
    });
    const sequence = memorized[0]!;
    await model.generate({
      inputs: int64(sequence.subarray(0, 4), [1, 4]),
      max_new_tokens: 28,
      do_sample: false,
      eos_token_id: null,
      streamer,
    } as unknown as Parameters<PreTrainedModel['generate']>[0]);
    expect(text).toBe(Array.from(sequence.subarray(4), (id) => String.fromCharCode(33 + id)).join(''));
    await model.dispose();
  }
});

test('the q8 file computes the same in WebAssembly, up to how activations round to 8 bits', async () => {
  const config = tinyConfig('llama');
  const parameters = await memorizedParameters(config);
  await exportOnnx(store, 'wasm', { config, parameters, dtypes: ['q8'] });
  const bytes = await store.read('wasm/onnx/model_quantized.onnx');
  const sequence = BigInt64Array.from(memorized[0]!, BigInt);
  const shape = [1, sequence.length];
  const feeds = {
    input_ids: { type: 'int64', shape, data: sequence },
    attention_mask: { type: 'int64', shape, data: sequence.map(() => 1n) },
    position_ids: { type: 'int64', shape, data: sequence.map((_, position) => BigInt(position)) },
    num_logits_to_keep: { type: 'int64', shape: [], data: BigInt64Array.of(0n) },
    ...Object.fromEntries(
      ['0.key', '0.value', '1.key', '1.value'].map((name) => [
        `past_key_values.${name}`,
        { type: 'float32', shape: [1, config.keyValueHeads, 0, config.headWidth], data: new Float32Array(0) },
      ]),
    ),
  } as const;
  const logits = async (on: Executor): Promise<Float32Array> => {
    const session = await on.createSession(bytes);
    const { logits: result } = await session.run(feeds, ['logits']);
    await session.dispose();
    return result!.data as Float32Array;
  };
  const [native, web] = [await logits(executor), await logits(createWasmExecutor({ threads: 1 }))];
  // A last bit that differs between the two may round an activation to the next of its 255 steps.
  expect(largestError(web, native)).toBeLessThan(0.06);
  const greedy = (values: Float32Array): number[] =>
    Array.from(sequence, (_, i) => {
      const row = values.subarray(i * config.vocabularySize, (i + 1) * config.vocabularySize);
      return row.indexOf(Math.max(...row));
    });
  expect(greedy(web)).toEqual(greedy(native));
});

test('what float16 cannot hold is an error, not infinity', async () => {
  const config = tinyConfig('llama');
  const parameters = new Map(await memorizedParameters(config));
  parameters.set(embeddingName, { shape: [61, 64], data: new Float32Array(61 * 64).fill(1e5) });
  await expect(exportOnnx(store, 'large', { config, parameters, dtypes: ['fp16'] })).rejects.toThrow(
    `${embeddingName} holds 100000; float16 ends at 65504`,
  );
});
