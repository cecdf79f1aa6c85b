/** OLMo 2: norms after attention and feed-forward, and one over all query heads and over all key heads. */
import { createModelConfig } from '../config/create-model-config.js';
import { isLlamaBut, isRotaryBuffer, readDecoder, writeDecoder } from './decoder-keys.js';
import type { Family } from './family.js';
import { requireNoWindow } from './layer-keys.js';
import { inverse, renamed } from './renamed-tensors.js';

const names: ReadonlyMap<string, string> = new Map([
  ['post_attention_layernorm', 'attention_output_layernorm'],
  ['post_feedforward_layernorm', 'feedforward_output_layernorm'],
]);

export const olmo2: Family = {
  type: 'olmo2',
  architecture: 'Olmo2ForCausalLM',
  matches: (config) =>
    isLlamaBut(
      config,
      'rotaryScaling',
      'normPlacement',
      'queryKeyNormalization',
      'attentionBias',
      'attentionOutputBias',
    ) &&
    config.normPlacement === 'after' &&
    config.queryKeyNormalization === 'rmsWide' &&
    config.attentionBias === config.attentionOutputBias,
  read: (json) => {
    json.oneOf('hidden_act', ['silu']);
    json.require({ mlp_bias: false, clip_qkv: null });
    requireNoWindow(json);
    return createModelConfig({
      ...readDecoder(json, { normalizationEpsilon: 1e-5 }),
      normPlacement: 'after',
      queryKeyNormalization: 'rmsWide',
    });
  },
  write: (config) => ({ ...writeDecoder(config), pad_token_id: null }),
  isBuffer: isRotaryBuffer,
  importTensors: (_, tensors) => renamed(tensors, names),
  exportTensors: (_, parameters) => renamed(parameters, inverse(names)),
};
