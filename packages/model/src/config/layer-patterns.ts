/** Layers that differ from one another. A pattern of booleans is repeated over the layers. */
import type { ModelConfig } from './model-config.js';

/** Where layers differ, lists as long as the depth are written and read. */
export const mostDifferentLayers = 10_000;

/** Whether the pattern says yes to a layer. */
export function inPattern(pattern: readonly boolean[], layer: number): boolean {
  return pattern[layer % pattern.length]!;
}

/** The shortest pattern that says the same about each of these layers. */
export function shortestPattern(layers: readonly boolean[]): boolean[] {
  for (let length = 1; length < layers.length; length++)
    if (layers.every((value, layer) => value === layers[layer % length])) return layers.slice(0, length);
  return [...layers];
}

/** The attention window of a layer; undefined: it sees everything before it. */
export function windowOf(config: ModelConfig, layer: number): number | undefined {
  return inPattern(config.windowedLayers, layer) ? config.attentionWindow : undefined;
}

/** Something made once for each window that a layer has, as a function of the layer. */
export function byWindow<Value>(
  config: ModelConfig,
  make: (window: number | undefined) => Value,
): (layer: number) => Value {
  const made = new Map<number | undefined, Value>();
  for (let layer = 0; layer < Math.min(config.depth, config.windowedLayers.length); layer++) {
    const window = windowOf(config, layer);
    if (!made.has(window)) made.set(window, make(window));
  }
  return (layer) => made.get(windowOf(config, layer))!;
}
