/** Qwen2 (and 2.5): biases of queries, keys and values alone. Qwen3: their norms. Both may have windows. */
import type { JsonValue } from '@llm/core';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';
import { isLlamaBut, isRotaryBuffer, readDecoder, writeDecoder } from './decoder-keys.js';
import type { Family } from './family.js';
import { layerTypes, readWindow, windowLength } from './layer-keys.js';

function family(
  type: 'qwen2' | 'qwen3',
  architecture: string,
  matches: Family['matches'],
  read: (json: ConfigReader) => ModelConfig,
): Family {
  return {
    type,
    architecture,
    matches,
    read: (json) => {
      json.oneOf('hidden_act', ['silu']);
      json.require({ mlp_bias: false });
      return read(json);
    },
    write: (config) => ({ ...writeDecoder(config), ...writeWindow(config) }),
    isBuffer: isRotaryBuffer,
    importTensors: (_, tensors) => new Map(tensors),
    exportTensors: (_, parameters) => new Map(parameters),
  };
}

export const qwen2 = family(
  'qwen2',
  'Qwen2ForCausalLM',
  (config) =>
    isLlamaBut(config, 'rotaryScaling', 'attentionBias', 'attentionWindow', 'windowedLayers') &&
    config.attentionBias,
  (json) => {
    // It has biases whatever is said.
    json.require({ attention_bias: true });
    return createModelConfig({
      ...readDecoder(json, { keyValueHeads: 32 }),
      ...window(json),
      attentionBias: true,
      attentionOutputBias: false,
    });
  },
);

export const qwen3 = family(
  'qwen3',
  'Qwen3ForCausalLM',
  (config) =>
    isLlamaBut(
      config,
      'rotaryScaling',
      'queryKeyNormalization',
      'attentionBias',
      'attentionOutputBias',
      'attentionWindow',
      'windowedLayers',
    ) &&
    config.queryKeyNormalization === 'rms' &&
    config.attentionBias === config.attentionOutputBias,
  (json) =>
    createModelConfig({
      ...readDecoder(json, { headWidth: 128 }),
      ...window(json),
      queryKeyNormalization: 'rms',
    }),
);

/** Without `layer_types`, layers from `max_window_layers` on have the window where it is used. */
function window(json: ConfigReader): Pick<ModelConfig, 'attentionWindow' | 'windowedLayers'> {
  const length = json.boolean('use_sliding_window', false) ? windowLength(json, 4096) : undefined;
  const first = json.number('max_window_layers', 28);
  return readWindow(json, length, (layer) => layer >= first);
}

function writeWindow(config: ModelConfig): Record<string, JsonValue> {
  if (config.attentionWindow === undefined) return {};
  return {
    use_sliding_window: true,
    sliding_window: config.attentionWindow,
    layer_types: layerTypes(config),
  };
}
