/** Llama and the families that differ from it in a few fields, under the same names of tensors. */
import { createModelConfig } from '../config/create-model-config.js';
import { mostDifferentLayers } from '../config/layer-patterns.js';
import type { ModelConfig } from '../config/model-config.js';
import { isLlamaBut, isRotaryBuffer, readDecoder, writeDecoder } from './decoder-keys.js';
import type { Family } from './family.js';
import {
  intervalOf,
  layerTypes,
  listOf,
  patternOf,
  readWindow,
  readWindowOfAll,
  requireNoWindow,
  rotatedLayers,
  windowLength,
} from './layer-keys.js';

/** Tensors are ours as they are. */
const sameTensors = {
  isBuffer: isRotaryBuffer,
  importTensors: (_, tensors) => new Map(tensors),
  exportTensors: (_, parameters) => new Map(parameters),
} as const satisfies Partial<Family>;

const hasEqualBiases = (config: ModelConfig): boolean => config.attentionBias === config.attentionOutputBias;

export const llama: Family = {
  ...sameTensors,
  type: 'llama',
  architecture: 'LlamaForCausalLM',
  matches: (config) =>
    isLlamaBut(config, 'rotaryScaling', 'attentionBias', 'attentionOutputBias', 'feedForwardBias') &&
    hasEqualBiases(config),
  read: (json) => {
    json.oneOf('hidden_act', ['silu']);
    requireNoWindow(json);
    return createModelConfig({ ...readDecoder(json), feedForwardBias: json.boolean('mlp_bias', false) });
  },
  write: writeDecoder,
};

/** Mistral: every layer has the window. */
export const mistral: Family = {
  ...sameTensors,
  type: 'mistral',
  architecture: 'MistralForCausalLM',
  matches: (config) => isLlamaBut(config, 'rotaryScaling', 'attentionWindow'),
  read: (json) => {
    json.oneOf('hidden_act', ['silu']);
    json.require({ attention_bias: false, mlp_bias: false });
    return createModelConfig({ ...readDecoder(json, { keyValueHeads: 8 }), ...readWindowOfAll(json, 4096) });
  },
  write: (config) => ({ ...writeDecoder(config), sliding_window: config.attentionWindow ?? null }),
};

/** SmolLM3: some layers do not turn their heads. */
export const smolLm3: Family = {
  ...sameTensors,
  type: 'smollm3',
  architecture: 'SmolLM3ForCausalLM',
  matches: (config) =>
    isLlamaBut(
      config,
      'rotaryScaling',
      'rotatedLayers',
      'attentionWindow',
      'windowedLayers',
      'attentionBias',
      'attentionOutputBias',
      'feedForwardBias',
    ) &&
    hasEqualBiases(config) &&
    config.depth <= mostDifferentLayers,
  read: (json) => {
    json.oneOf('hidden_act', ['silu']);
    const list = listOf(json, 'no_rope_layers');
    const wrong = list?.find((entry) => entry !== 0 && entry !== 1);
    if (wrong !== undefined)
      json.fail(`"no_rope_layers" has ${JSON.stringify(wrong).slice(0, 80)}, not 0 or 1`);
    const interval = intervalOf(json, 'no_rope_layer_interval', 4);
    const isRotated = (layer: number): boolean => (list ? list[layer] === 1 : (layer + 1) % interval !== 0);
    const hasWindow = json.boolean('use_sliding_window', false);
    const window = hasWindow ? windowLength(json) : undefined;
    return createModelConfig({
      ...readDecoder(json, { rotaryBase: 2_000_000, keyValueHeads: 4, tiedHead: true }),
      ...readWindow(json, window, (layer) => !isRotated(layer)),
      rotatedLayers: patternOf(json, isRotated),
      feedForwardBias: json.boolean('mlp_bias', false),
    });
  },
  write: (config) => ({
    ...writeDecoder(config),
    no_rope_layers: rotatedLayers(config),
    use_sliding_window: config.attentionWindow !== undefined,
    sliding_window: config.attentionWindow ?? null,
    layer_types: layerTypes(config),
    pad_token_id: null,
  }),
};
