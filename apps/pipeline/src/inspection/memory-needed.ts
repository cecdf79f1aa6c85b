/** Bytes that a model takes while it runs: weights by type, and the cache of one full window. */
import { type ModelConfig, parameterLayout } from '@llm/model';
import { elementsOf } from './inspection.js';

export interface MemoryNeeded {
  /** By `--dtype`. */
  readonly weights: Readonly<Record<'float32' | 'q8' | 'q4', number>>;
  /** Keys and values of one conversation that fills the window, in float32. */
  readonly cache: number;
}

/** As `quantizeParameters` does it: blocks of 32 with a scale in float32, the embedding and head in 8 bits. */
export function memoryNeeded(config: ModelConfig): MemoryNeeded {
  let [float32, q8, q4] = [0, 0, 0];
  for (const [name, { shape, role }] of parameterLayout(config)) {
    const count = elementsOf(shape);
    const isTable = role === 'embedding' || role === 'head';
    const isBlocks = (isTable || /_proj\.weight$/.test(name)) && shape.length === 2 && shape[1]! % 32 === 0;
    float32 += 4 * count;
    q8 += isBlocks ? 1.125 * count : 4 * count;
    q4 += isBlocks ? (isTable ? 1.125 : 0.625) * count : 4 * count;
  }
  const { depth, keyValueHeads, headWidth, contextLength } = config;
  return { weights: { float32, q8, q4 }, cache: 8 * depth * keyValueHeads * headWidth * contextLength };
}
