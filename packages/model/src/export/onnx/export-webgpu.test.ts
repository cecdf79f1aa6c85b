/**
 * The files in transformers.js on the runtime's WebGPU provider; Chromium's software driver has no float16
 * shaders.
 */
// Slow: the software GPU computes on the processor
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import { DirectoryStore } from '@llm/core/node';
import { afterAll, expect, test } from 'vitest';
import { memorized, memorizedParameters, tinyConfig } from '../../fixtures/memorized-parameters.js';
import { prepareVulkan } from '../../fixtures/prepare-vulkan.js';
import { exportOnnx } from './export-onnx.js';

const available = prepareVulkan();
if (!available && !process.env.CI) process.stderr.write('SKIPPED: exports on WebGPU need a Vulkan driver\n');
const directory = mkdtempSync(join(tmpdir(), 'llm-onnx-'));
afterAll(() => rmSync(directory, { recursive: true }));
env.localModelPath = directory;
env.allowRemoteModels = false;

test.skipIf(!available && !process.env.CI).each(['fp32', 'q8', 'q4'] as const)(
  'a %s file knows its sequence on WebGPU',
  async (dtype) => {
    const config = tinyConfig('llama');
    const parameters = await memorizedParameters(config);
    await exportOnnx(new DirectoryStore(directory), dtype, { config, parameters, dtypes: [dtype] });
    const model = await AutoModelForCausalLM.from_pretrained(dtype, { dtype, device: 'webgpu' });
    const sequence = memorized[0]!;
    const generated = (await model.generate({
      inputs: new Tensor('int64', BigInt64Array.from(sequence.subarray(0, 4), BigInt), [1, 4]),
      max_new_tokens: 6,
      do_sample: false,
      eos_token_id: null,
    } as unknown as Parameters<PreTrainedModel['generate']>[0])) as Tensor;
    expect((generated.tolist() as bigint[][])[0]!.map(Number)).toEqual([...sequence.subarray(0, 10)]);
    await model.dispose();
  },
  120_000,
);
