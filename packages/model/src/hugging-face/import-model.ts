/**
 * A model directory of Hugging Face → configuration and parameters: config.json with one model.safetensors or an index of
 * several. Weights may be F32, F16 or BF16; they become float32. Reads GPT-2, Llama, Qwen3 and nanochat.
 */
import { type ArtifactStore, type JsonValue, LlmError, type NamedTensor } from '@llm/core';
import { checkParameters } from '../initial-parameters.js';
import type { ModelConfig } from '../model-config.js';
import { headName } from '../parameter-layout.js';
import { readSafetensors } from '../safetensors.js';
import { fromHuggingFaceConfig, parseConfig, readFamily } from './config.js';

export interface ImportedModel {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Those of tokenizer.json, tokenizer_config.json, … that are there. */
  readonly tokenizerFiles: Readonly<Record<string, Uint8Array>>;
}

const tokenizerFileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.json',
  'merges.txt',
  'generation_config.json',
  'chat_template.jinja',
];

/**
 * Throws `core/artifact-missing`, `model/config-unreadable`, `model/safetensors-…`, `model/index-invalid` (a shard name that
 * is not a plain file name) or `model/parameters-mismatch`.
 */
export async function importHuggingFace(store: ArtifactStore, prefix: string): Promise<ImportedModel> {
  const at = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  const text = async (name: string): Promise<string> => new TextDecoder().decode(await store.read(at(name)));
  const configText = await text('config.json');
  const reader = parseConfig(configText, at('config.json'));
  const family = readFamily(reader);
  const config = reader.json.llm_config
    ? fromHuggingFaceConfig(configText, at('config.json'))
    : family.read(reader);

  const tensors = new Map<string, NamedTensor>();
  for (const file of await weightFiles(store, at, text))
    for (const [name, tensor] of readSafetensors(await store.read(at(file)), at(file)))
      tensors.set(name, tensor);
  // Some writers store the tied head as well.
  if (config.tiedHead) tensors.delete(headName);
  const parameters = family.importTensors(config, tensors);
  checkParameters(config, parameters, at('model.safetensors'));

  const tokenizerFiles: Record<string, Uint8Array> = {};
  for (const name of tokenizerFileNames)
    if (await store.has(at(name))) tokenizerFiles[name] = await store.read(at(name));
  return { config, parameters, tokenizerFiles };
}

async function weightFiles(
  store: ArtifactStore,
  at: (name: string) => string,
  text: (name: string) => Promise<string>,
): Promise<string[]> {
  const index = 'model.safetensors.index.json';
  if (!(await store.has(at(index)))) return ['model.safetensors'];
  const { weight_map: map } = parseConfig(await text(index), at(index)).json as { weight_map?: JsonValue };
  const files = [...new Set(Object.values((map ?? {}) as Record<string, unknown>))];
  const foreign = files.find((file) => typeof file !== 'string' || !/^[\w.-]+\.safetensors$/.test(file));
  if (files.length === 0 || foreign !== undefined)
    throw new LlmError({
      code: 'model/index-invalid',
      message: `${at(index)} ${files.length === 0 ? 'names no file' : `names ${JSON.stringify(foreign)}, which is not a file beside it`}. Fetch the model again.`,
      details: { file: at(index) },
    });
  return files as string[];
}
