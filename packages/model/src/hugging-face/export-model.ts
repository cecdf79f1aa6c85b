/**
 * Writes a model directory that Hugging Face transformers opens: config.json, generation_config.json, model.safetensors
 * under the family's own names, tokenizer files.
 */
import { type ArtifactStore, LlmError, type NamedTensor } from '@llm/core';
import { checkParameters } from '../initial-parameters.js';
import type { ModelConfig } from '../model-config.js';
import { writeSafetensors } from '../safetensors.js';
import { configText, familyAdvice, familyOf, type SpecialTokenIds } from './config.js';

export interface ExportOptions {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  readonly tokenizerFiles?: Readonly<Record<string, string | Uint8Array>>;
  readonly specialTokens?: SpecialTokenIds;
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
  const json = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const write = (name: string, bytes: Uint8Array): Promise<void> =>
    store.write(prefix === '' ? name : `${prefix}/${name}`, bytes);
  await write('model.safetensors', writeSafetensors(family.exportTensors(config, parameters)));
  for (const [name, content] of Object.entries(tokenizerFiles))
    await write(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  if (!('generation_config.json' in tokenizerFiles))
    await write(
      'generation_config.json',
      json({ bos_token_id: specialTokens.bos ?? null, eos_token_id: specialTokens.eos ?? null }),
    );
  await write('config.json', new TextEncoder().encode(configText(config, specialTokens)));
}
