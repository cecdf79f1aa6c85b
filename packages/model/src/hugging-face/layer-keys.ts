/** Lists of config.json with an entry for each layer: which have a window, which turn their heads. */
import type { JsonValue } from '@llm/core';
import { inPattern, mostDifferentLayers, shortestPattern, windowOf } from '../config/layer-patterns.js';
import type { ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';

type WindowFields = Pick<ModelConfig, 'attentionWindow' | 'windowedLayers'>;

/**
 * `layer_types` decides which layers have the window of `sliding_window` (null: none has), and without it
 * `otherwise`.
 */
export function readWindow(
  json: ConfigReader,
  window: number | undefined,
  otherwise: (layer: number) => boolean,
): WindowFields {
  const types = listOf(json, 'layer_types');
  const known = ['full_attention', 'sliding_attention'];
  const other = types?.find((type) => !known.some((name) => name === type));
  if (other !== undefined)
    json.fail(
      `"layer_types" has ${JSON.stringify(other).slice(0, 80)}, and only ${known.join(', ')} are supported`,
    );
  const windowedLayers =
    types === undefined && window === undefined
      ? [false]
      : patternOf(json, (layer) => (types ? types[layer] === 'sliding_attention' : otherwise(layer)));
  if (!windowedLayers.includes(true)) return { attentionWindow: undefined, windowedLayers: [true] };
  if (window === undefined)
    json.fail('"layer_types" has layers with a window, but "sliding_window" does not say how long it is');
  return { attentionWindow: window, windowedLayers };
}

/** Where all layers have the window of `sliding_window`, or none has. */
export function readWindowOfAll(json: ConfigReader, otherwise?: number): WindowFields {
  const window = windowLength(json, otherwise);
  json.require({ use_sliding_window: window !== undefined });
  const fields = readWindow(json, window, () => true);
  if (fields.attentionWindow !== window || fields.windowedLayers.includes(false))
    json.fail('"layer_types" names layers of another kind than "sliding_window", which is for all');
  return fields;
}

/** Where no layer may have a window. */
export function requireNoWindow(json: ConfigReader): void {
  json.require({ use_sliding_window: false });
  const { attentionWindow } = readWindow(json, json.json.layer_types == null ? undefined : 1, () => false);
  if (attentionWindow !== undefined)
    json.fail('"layer_types" names other layers than "full_attention", and no others are supported');
}

/** `sliding_window`; `otherwise` where nothing is said, undefined for null. */
export function windowLength(json: ConfigReader, otherwise?: number): number | undefined {
  const { sliding_window: window } = json.json;
  return window === null || (window === undefined && otherwise === undefined)
    ? undefined
    : json.number('sliding_window', otherwise);
}

/** Every how manieth layer is another. */
export function intervalOf(json: ConfigReader, key: string, otherwise: number): number {
  const interval = json.number(key, otherwise);
  return Number.isInteger(interval) && interval > 0 ? interval : json.fail(`"${key}" is ${interval}`);
}

export function patternOf(json: ConfigReader, of: (layer: number) => boolean): boolean[] {
  const depth = json.number('num_hidden_layers');
  if (!Number.isInteger(depth) || depth < 1 || depth > mostDifferentLayers)
    json.fail(`"num_hidden_layers" is ${depth}, and layers can differ up to ${mostDifferentLayers}`);
  return shortestPattern(Array.from({ length: depth }, (_, layer) => of(layer)));
}

/** A list with an entry for each layer; undefined where it is absent, null or empty. */
export function listOf(json: ConfigReader, key: string): readonly JsonValue[] | undefined {
  const list = json.json[key] ?? [];
  if (!Array.isArray(list)) return json.fail(`"${key}" is no list`);
  if (list.length === 0) return undefined;
  const depth = json.number('num_hidden_layers');
  // transformers lets `no_rope_layers` be longer.
  if (list.length < depth || (list.length > depth && key === 'layer_types'))
    json.fail(`"${key}" has ${list.length} entries for ${depth} layers`);
  return list.slice(0, depth) as readonly JsonValue[];
}

/** `layer_types`, and the list of `no_rope_layers`, which is 1 where heads turn. */
export function layerTypes(config: ModelConfig): string[] {
  return layersOf(config, (layer) =>
    windowOf(config, layer) === undefined ? 'full_attention' : 'sliding_attention',
  );
}

export function rotatedLayers(config: ModelConfig): number[] {
  return layersOf(config, (layer) => (inPattern(config.rotatedLayers, layer) ? 1 : 0));
}

function layersOf<Value>({ depth }: ModelConfig, of: (layer: number) => Value): Value[] {
  return Array.from({ length: depth }, (_, layer) => of(layer));
}
