/**
 * nanochat (as in Hugging Face transformers): ReLU², norms without parameters, norm after the embedding and
 * after the rotation of queries and keys, softcap. It turns heads the other way round; swapping the halves of
 * each query and key head turns them back, and since the norms have no weight the function stays the same.
 */
import type { NamedTensor } from '@llm/core';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { isLlamaBut, isRotaryBuffer, readDecoder, writeDecoder } from './decoder-keys.js';
import type { Family } from './family.js';
import { requireNoWindow } from './layer-keys.js';

export const nanochat: Family = {
  type: 'nanochat',
  architecture: 'NanoChatForCausalLM',
  matches: (config) =>
    isLlamaBut(
      config,
      'normalization',
      'queryKeyNormalization',
      'feedForward',
      'embeddingNormalization',
      'attentionBias',
      'attentionOutputBias',
      'logitSoftcap',
    ) &&
    config.normalization === 'rmsPlain' &&
    config.queryKeyNormalization === 'rmsPlain' &&
    config.feedForward === 'reluSquared' &&
    config.embeddingNormalization &&
    config.attentionBias === config.attentionOutputBias,
  read: (json) => {
    json.oneOf('hidden_act', ['relu2']);
    requireNoWindow(json);
    const softcap =
      json.json.final_logit_softcapping === null ? undefined : json.number('final_logit_softcapping', 15);
    return createModelConfig({
      ...readDecoder(json),
      feedForward: 'reluSquared',
      normalization: 'rmsPlain',
      queryKeyNormalization: 'rmsPlain',
      embeddingNormalization: true,
      logitSoftcap: softcap,
    });
  },
  write: (config) => ({
    ...writeDecoder(config),
    hidden_act: 'relu2',
    final_logit_softcapping: config.logitSoftcap ?? null,
  }),
  isBuffer: isRotaryBuffer,
  importTensors: (config, tensors) =>
    renamed(config, tensors, ['mlp.fc1', 'mlp.fc2'], ['mlp.up_proj', 'mlp.down_proj']),
  exportTensors: (config, tensors) =>
    renamed(config, tensors, ['mlp.up_proj', 'mlp.down_proj'], ['mlp.fc1', 'mlp.fc2']),
};

function renamed(
  config: ModelConfig,
  tensors: ReadonlyMap<string, NamedTensor>,
  from: readonly string[],
  to: readonly string[],
): Map<string, NamedTensor> {
  const result = new Map<string, NamedTensor>();
  for (const [name, tensor] of tensors) {
    const index = from.findIndex((part) => name.includes(`.${part}.`));
    const turned = /self_attn\.[qk]_proj\./.test(name) ? withHalvesSwapped(tensor, config.headWidth) : tensor;
    result.set(index < 0 ? name : name.replace(from[index]!, to[index]!), turned);
  }
  return result;
}

function withHalvesSwapped({ shape, data }: NamedTensor, headWidth: number): NamedTensor {
  const result = new Float32Array(data.length);
  const half = (headWidth / 2) * (data.length / shape[0]!);
  for (let start = 0; start < data.length; start += 2 * half) {
    result.set(data.subarray(start + half, start + 2 * half), start);
    result.set(data.subarray(start, start + half), start + half);
  }
  return { shape, data: result };
}
