/**
 * Writes a model directory that Hugging Face transformers opens: config.json, generation_config.json,
 * model.safetensors (or shards with an index) under the family's own names, tokenizer files.
 */
import type { ArtifactStore, NamedTensor } from '@llm/core';
import { checkParameters } from '../weights/check-parameters.js';
import { writeWeights } from '../weights/weight-files.js';
import { requireFamily } from './config.js';
import { type ModelFilesOptions, writeModelFiles } from './model-files.js';

export interface ExportOptions extends ModelFilesOptions {
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Largest safetensors file; what is more becomes several with an index. Default 2e9. */
  readonly maximumShardBytes?: number | undefined;
  /** Of the weights. Default `float32`. */
  readonly dtype?: keyof typeof storedTypes | undefined;
}

/** By transformers' names, which config.json has. */
const storedTypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const;

/** Throws `model/export-unsupported` when no family of Hugging Face computes this configuration. */
export async function exportHuggingFace(
  store: ArtifactStore,
  prefix: string,
  options: ExportOptions,
): Promise<void> {
  const { config, parameters, dtype = 'float32', maximumShardBytes } = options;
  checkParameters(config, parameters, 'the model');
  const weights = requireFamily(config).exportTensors(config, parameters);
  await writeWeights(store, prefix, 'model', weights, { maximumShardBytes, dtype: storedTypes[dtype] });
  await writeModelFiles(store, prefix, options, { extra: { torch_dtype: dtype } });
}
