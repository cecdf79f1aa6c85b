/**
 * Writes a model directory that Hugging Face transformers opens: config.json, generation_config.json, model.safetensors
 * (or shards with an index) under the family's own names, tokenizer files.
 */
import { type ArtifactStore, LlmError, type NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { checkParameters } from '../weights/check-parameters.js';
import { writeWeights } from '../weights/weight-files.js';
import { configText, familyAdvice, familyOf, type SpecialTokenIds } from './config.js';
import { generationConfigText } from './generation-config.js';

export interface ExportOptions {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  readonly tokenizerFiles?: Readonly<Record<string, string | Uint8Array>> | undefined;
  readonly specialTokens?: SpecialTokenIds | undefined;
  /** Largest safetensors file; what is more becomes several with an index. Default 2e9. */
  readonly maximumShardBytes?: number | undefined;
}

/** Throws `model/export-unsupported` when no family of Hugging Face computes this configuration. */
export async function exportHuggingFace(
  store: ArtifactStore,
  prefix: string,
  options: ExportOptions,
): Promise<void> {
  const { config, parameters, tokenizerFiles = {}, specialTokens = {} } = options;
  checkParameters(config, parameters, 'the model');
  const family = familyOf(config);
  if (family === undefined)
    throw new LlmError({
      code: 'model/export-unsupported',
      message: `No model family of Hugging Face computes this configuration ${familyAdvice(config)}`,
    });
  const encoder = new TextEncoder();
  const write = (name: string, bytes: Uint8Array): Promise<void> =>
    store.write(prefix === '' ? name : `${prefix}/${name}`, bytes);
  const weights = family.exportTensors(config, parameters);
  await writeWeights(store, prefix, 'model', weights, options.maximumShardBytes);
  for (const [name, content] of Object.entries(tokenizerFiles))
    await write(name, typeof content === 'string' ? encoder.encode(content) : content);
  if (!('generation_config.json' in tokenizerFiles))
    await write('generation_config.json', encoder.encode(generationConfigText(specialTokens)));
  await write('config.json', encoder.encode(configText(config, specialTokens)));
}
