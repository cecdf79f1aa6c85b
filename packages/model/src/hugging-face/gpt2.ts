/**
 * GPT-2: learned positions, LayerNorm, GELU, biases, tied head. Its linear layers are stored [in, out]
 * (Conv1D) with queries, keys and values in one matrix; here they are [out, in] and apart.
 */
import type { JsonValue, NamedTensor } from '@llm/core';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { joinRows, splitRows, transposeMatrix } from '../weights/matrices.js';
import {
  embeddingName,
  finalNormName,
  type LayerNames,
  layerNames,
  positionName,
} from '../weights/parameter-names.js';
import type { ConfigReader } from './config-reader.js';
import { isLlamaBut } from './decoder-keys.js';
import type { Family } from './family.js';

export const gpt2: Family = {
  type: 'gpt2',
  architecture: 'GPT2LMHeadModel',
  matches: (config) =>
    isLlamaBut(
      config,
      'positions',
      'normalization',
      'feedForward',
      'attentionBias',
      'attentionOutputBias',
      'feedForwardBias',
    ) &&
    config.positions === 'learned' &&
    config.normalization === 'layer' &&
    (config.feedForward === 'geluTanh' || config.feedForward === 'gelu') &&
    config.heads * config.headWidth === config.width &&
    config.keyValueHeads === config.heads &&
    config.attentionBias &&
    config.attentionOutputBias &&
    config.feedForwardBias &&
    config.tiedHead,
  read: readConfig,
  write: writeConfig,
  // The causal masks of old files.
  isBuffer: (name) => /(^|\.)attn\.(masked_)?bias$/.test(name),
  importTensors: (config, tensors) => {
    const parameters = new Map<string, NamedTensor>();
    const rest = new Map(tensors);
    const find = (theirs: string): NamedTensor | undefined => {
      const name = tensors.has(theirs) ? theirs : `transformer.${theirs}`;
      rest.delete(name);
      return tensors.get(name);
    };
    const take = (name: string, theirs: string): void => {
      const tensor = find(theirs);
      if (tensor !== undefined) parameters.set(name, tensor);
    };
    const takeTransposed = (name: string, theirs: string): void => {
      take(`${name}.bias`, `${theirs}.bias`);
      const weight = find(`${theirs}.weight`);
      if (weight !== undefined) parameters.set(`${name}.weight`, transposeMatrix(weight));
    };
    take(embeddingName, 'wte.weight');
    take(positionName, 'wpe.weight');
    for (const part of ['weight', 'bias']) take(`${finalNormName}.${part}`, `ln_f.${part}`);
    for (let layer = 0; layer < config.depth; layer++) {
      const names = layerNames(layer);
      const joined = `h.${layer}.attn.c_attn`;
      for (const part of ['weight', 'bias']) {
        take(`${names.attentionNorm}.${part}`, `h.${layer}.ln_1.${part}`);
        take(`${names.feedForwardNorm}.${part}`, `h.${layer}.ln_2.${part}`);
      }
      takeTransposed(joined, joined);
      splitEqually(parameters, joined, projections(names));
      takeTransposed(names.attentionOutput, `h.${layer}.attn.c_proj`);
      takeTransposed(names.up, `h.${layer}.mlp.c_fc`);
      takeTransposed(names.down, `h.${layer}.mlp.c_proj`);
    }
    // What is left is a tensor too many.
    for (const [name, tensor] of rest) parameters.set(name, tensor);
    return parameters;
  },
  exportTensors: (config, parameters) => {
    const tensors = new Map<string, NamedTensor>();
    const put = (theirs: string, name: string): unknown =>
      tensors.set(`transformer.${theirs}`, parameters.get(name)!);
    const putTransposed = (theirs: string, names: readonly string[]): void => {
      tensors.set(
        `transformer.${theirs}.weight`,
        transposeMatrix(joinRows(names.map((name) => parameters.get(`${name}.weight`)!))),
      );
      tensors.set(
        `transformer.${theirs}.bias`,
        joinRows(names.map((name) => parameters.get(`${name}.bias`)!)),
      );
    };
    put('wte.weight', embeddingName);
    put('wpe.weight', positionName);
    for (let layer = 0; layer < config.depth; layer++) {
      const names = layerNames(layer);
      for (const part of ['weight', 'bias']) {
        put(`h.${layer}.ln_1.${part}`, `${names.attentionNorm}.${part}`);
        put(`h.${layer}.ln_2.${part}`, `${names.feedForwardNorm}.${part}`);
      }
      putTransposed(`h.${layer}.attn.c_attn`, projections(names));
      putTransposed(`h.${layer}.attn.c_proj`, [names.attentionOutput]);
      putTransposed(`h.${layer}.mlp.c_fc`, [names.up]);
      putTransposed(`h.${layer}.mlp.c_proj`, [names.down]);
    }
    for (const part of ['weight', 'bias']) put(`ln_f.${part}`, `${finalNormName}.${part}`);
    return tensors;
  },
};

const projections = ({ query, key, value }: LayerNames): string[] => [query, key, value];

function readConfig(json: ConfigReader): ModelConfig {
  const activation = json.oneOf('activation_function', ['gelu_new', 'gelu_pytorch_tanh', 'gelu']);
  json.require({
    scale_attn_weights: true,
    scale_attn_by_inverse_layer_idx: false,
    reorder_and_upcast_attn: false,
    add_cross_attention: false,
  });
  const width = json.number('n_embd');
  return createModelConfig({
    vocabularySize: json.number('vocab_size'),
    contextLength: json.number('n_positions', json.number('n_ctx', 1024)),
    depth: json.number('n_layer'),
    width,
    heads: json.number('n_head'),
    feedForwardWidth: json.number('n_inner', 4 * width),
    feedForward: activation === 'gelu' ? 'gelu' : 'geluTanh',
    normalization: 'layer',
    normalizationEpsilon: json.number('layer_norm_epsilon', 1e-5),
    queryKeyNormalization: 'none',
    positions: 'learned',
    attentionBias: true,
    feedForwardBias: true,
    tiedHead: json.boolean('tie_word_embeddings', true),
  });
}

function writeConfig(config: ModelConfig): Record<string, JsonValue> {
  return {
    vocab_size: config.vocabularySize,
    n_positions: config.contextLength,
    n_ctx: config.contextLength,
    n_layer: config.depth,
    n_embd: config.width,
    n_head: config.heads,
    n_inner: config.feedForwardWidth,
    activation_function: config.feedForward === 'gelu' ? 'gelu' : 'gelu_new',
    layer_norm_epsilon: config.normalizationEpsilon,
    attn_pdrop: 0,
    embd_pdrop: 0,
    resid_pdrop: 0,
    tie_word_embeddings: true,
  };
}

/** Replaces `name`.weight and .bias by equal parts of their rows. */
function splitEqually(parameters: Map<string, NamedTensor>, name: string, parts: readonly string[]): void {
  for (const kind of ['weight', 'bias']) {
    const whole = parameters.get(`${name}.${kind}`);
    if (whole === undefined) continue;
    const rows = new Array<number>(parts.length).fill(whole.shape[0]! / parts.length);
    parameters.delete(`${name}.${kind}`);
    for (const [index, part] of splitRows(whole, rows)!.entries())
      parameters.set(`${parts[index]!}.${kind}`, part);
  }
}
