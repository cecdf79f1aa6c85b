/**
 * A model directory of Hugging Face → configuration and parameters: config.json with one model.safetensors or
 * an index of several, in F32, F16, BF16 or F8, which become float32. The families are listed in config.ts.
 */
import type { ArtifactStore, NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { checkLayerCount, checkTensors } from '../weights/check-parameters.js';
import { parameterLayout } from '../weights/parameter-layout.js';
import { headName } from '../weights/parameter-names.js';
import { type ByteListener, fileKey, type OpenWeights, openWeights } from '../weights/weight-files.js';
import { fromHuggingFaceConfig, parseConfig, readFamily } from './config.js';
import type { Family } from './family.js';
import { readSpecialTokens, type SpecialTokenIds, withinVocabulary } from './special-tokens.js';

export interface ImportedModel {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Those of tokenizer.json, tokenizer_config.json, … that are there. */
  readonly tokenizerFiles: Readonly<Record<string, Uint8Array>>;
  /**
   * Of generation_config.json, or else of config.json, without those that the model has no row for: pass them
   * on when the model is written again.
   */
  readonly specialTokens: SpecialTokenIds;
}

/** What belongs to a model beside its configuration and weights. */
export const tokenizerFileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.json',
  'merges.txt',
  'generation_config.json',
  'chat_template.jinja',
];

/**
 * Throws `core/artifact-missing`, `model/config-unreadable`, `model/safetensors-…`, `model/index-invalid` (a
 * shard name that is not a plain file name, or not where the tensor is) or `model/parameters-mismatch`.
 */
export async function importHuggingFace(store: ArtifactStore, prefix: string): Promise<ImportedModel> {
  const at = (name: string): string => fileKey(prefix, name);
  const text = new TextDecoder().decode(await store.read(at('config.json')));
  const json = parseConfig(text, at('config.json'));
  const family = readFamily(json);
  const config = fromHuggingFaceConfig(text, at('config.json'));
  const weights = await openWeights(store, prefix, 'model');
  const parameters = await readParameters(config, family, weights, at('model.safetensors'));
  const tokenizerFiles: Record<string, Uint8Array> = {};
  for (const name of tokenizerFileNames)
    if (await store.has(at(name))) tokenizerFiles[name] = await store.read(at(name));
  const generation = tokenizerFiles['generation_config.json'];
  const fallback = readSpecialTokens(json);
  const said =
    generation &&
    readSpecialTokens(parseConfig(new TextDecoder().decode(generation), at('generation_config.json')));
  const all = { bos: said?.bos ?? fallback.bos, eos: said?.eos ?? fallback.eos };
  const specialTokens = withinVocabulary(config, all);
  return { config, parameters, tokenizerFiles, specialTokens };
}

/**
 * The model's parameters from a family's files; without a family they are under our own names. The shapes are
 * compared with the configuration before any number is read. `onBytes` hears every byte of the files.
 */
export async function readParameters(
  config: ModelConfig,
  family: Family | undefined,
  weights: OpenWeights,
  from: string,
  onBytes?: ByteListener,
): Promise<Map<string, NamedTensor>> {
  const isWeight = (name: string): boolean => !family?.isBuffer(name);
  const shapes = weights.shapes(isWeight);
  checkLayerCount(config, shapes.size, from);
  const layout = parameterLayout(config);
  const fitting = (tensors: Map<string, NamedTensor>): Map<string, NamedTensor> => {
    // Some writers store the tied head as well.
    if (config.tiedHead) tensors.delete(headName);
    const parameters = family?.importTensors(config, tensors) ?? tensors;
    checkTensors(layout, parameters, from);
    return parameters;
  };
  fitting(shapes);
  return fitting(await weights.read(isWeight, onBytes));
}
