import { LlmError } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { elementCount, parameterLayout } from './parameter-layout.js';

/** A terabyte of parameters: a slip of the keyboard, or a file that means harm. */
const maximumBytes = 2 ** 40;
/** The longest array of every runtime this is meant for. */
const maximumElements = 2 ** 31 - 1;

/** Throws `model/too-large` before a layer is laid out: a configuration may ask for billions of them. */
export function checkSize(config: ModelConfig): void {
  const layout = parameterLayout({ ...config, depth: 2 });
  const two = elementCount(layout);
  // Layers may differ, every second one the same.
  const perLayer = (elementCount(parameterLayout({ ...config, depth: 4 })) - two) / 2;
  const bytes = 4 * (two + perLayer * (config.depth - 2));
  const [name, largest] = [...layout]
    .map(([key, { shape }]) => [key, shape.reduce((product, size) => product * size, 1)] as const)
    .reduce((a, b) => (b[1] > a[1] ? b : a));
  if (bytes <= maximumBytes && largest <= maximumElements) return;
  throw new LlmError({
    code: 'model/too-large',
    message: `A model of this configuration has ${(bytes / 1e9).toFixed(1)} GB of parameters, ${(largest / 1e9).toFixed(1)} billion numbers in "${name}". Choose a smaller depth, width, vocabularySize or contextLength.`,
    details: { bytes, tensor: name, elements: largest },
  });
}
