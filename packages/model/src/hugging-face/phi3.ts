/**
 * Phi-3 and Phi-4: Llama with queries, keys and values in one matrix and gate and up in another, and maybe a
 * window and a part of each head that does not turn. Left out: longrope, which they have for long windows.
 */
import { turnedWidth } from '../attention/rotary-positions.js';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { joinRows, splitRows } from '../weights/matrices.js';
import { layerNames, layerPrefix } from '../weights/parameter-names.js';
import { isLlamaBut, isRotaryBuffer, readDecoder, writeDecoder } from './decoder-keys.js';
import type { Family } from './family.js';
import { readWindowOfAll } from './layer-keys.js';

export const phi3: Family = {
  type: 'phi3',
  architecture: 'Phi3ForCausalLM',
  matches: (config) => isLlamaBut(config, 'attentionWindow', 'rotaryWidth'),
  read: (json) => {
    json.oneOf('hidden_act', ['silu']);
    json.require({ attention_bias: false, mlp_bias: false });
    const defaults = { normalizationEpsilon: 1e-5, rotaryTypes: ['default'], partialRotary: true } as const;
    return createModelConfig({ ...readDecoder(json, defaults), ...readWindowOfAll(json) });
  },
  write: (config) => {
    const { rope_parameters, ...keys } = writeDecoder(config);
    const part = { partial_rotary_factor: turnedWidth(config) / config.headWidth };
    return {
      ...keys,
      ...part,
      rope_parameters: { ...(rope_parameters as object), ...part },
      sliding_window: config.attentionWindow ?? null,
      original_max_position_embeddings: config.contextLength,
      resid_pdrop: 0,
      embd_pdrop: 0,
      pad_token_id: null,
    };
  },
  isBuffer: isRotaryBuffer,
  importTensors: (config, tensors) => {
    const parameters = new Map(tensors);
    for (const [joined, parts] of joinedTensors(config)) {
      const whole = tensors.get(joined);
      const split = whole && splitRows(whole, [...parts.values()]);
      // One of another shape stays under its name, and is then a tensor too many.
      if (split === undefined) continue;
      parameters.delete(joined);
      for (const [index, name] of [...parts.keys()].entries()) parameters.set(name, split[index]!);
    }
    return parameters;
  },
  exportTensors: (config, parameters) => {
    const tensors = new Map(parameters);
    for (const [joined, parts] of joinedTensors(config)) {
      tensors.set(joined, joinRows([...parts.keys()].map((name) => parameters.get(name)!)));
      for (const name of parts.keys()) tensors.delete(name);
    }
    return tensors;
  },
};

/** Their name → ours and the rows of each. */
function* joinedTensors(config: ModelConfig): Generator<[string, ReadonlyMap<string, number>]> {
  const { depth, heads, keyValueHeads, headWidth, feedForwardWidth } = config;
  const weights = (parts: readonly (readonly [string, number])[]): ReadonlyMap<string, number> =>
    new Map(parts.map(([name, rows]) => [`${name}.weight`, rows]));
  for (let layer = 0; layer < depth; layer++) {
    const { query, key, value, gate, up } = layerNames(layer);
    const shared = keyValueHeads * headWidth;
    yield [
      `${layerPrefix(layer)}self_attn.qkv_proj.weight`,
      weights([
        [query, heads * headWidth],
        [key, shared],
        [value, shared],
      ]),
    ];
    yield [
      `${layerPrefix(layer)}mlp.gate_up_proj.weight`,
      weights([
        [gate, feedForwardWidth],
        [up, feedForwardWidth],
      ]),
    ];
  }
}
