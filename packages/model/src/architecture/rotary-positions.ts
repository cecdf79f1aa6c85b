/**
 * Rotary position embedding (Su et al. 2021) in the rotate-half layout of GPT-NeoX and Hugging Face: element i of the
 * first half turns together with element i of the second. The sign of the rotation is kept in the sine table.
 */
import { add, concat, type Graph, mul, split, type Tensor } from '@llm/graph';
import type { ModelConfig } from '../model-config.js';

export interface RotaryTables {
  /** [positions, headWidth] */
  readonly cosines: Float32Array;
  /** [positions, headWidth], negative in the first half */
  readonly sines: Float32Array;
}

/** Tables for positions 0…count−1. */
export function rotaryTables(config: ModelConfig, count: number): RotaryTables {
  const { headWidth } = config;
  const half = headWidth / 2;
  const cosines = new Float32Array(count * headWidth);
  const sines = new Float32Array(count * headWidth);
  const frequencies = rotaryFrequencies(config);
  for (let position = 0; position < count; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      const at = position * headWidth + i;
      cosines[at] = Math.cos(angle);
      cosines[at + half] = cosines[at]!;
      sines[at + half] = Math.sin(angle);
      sines[at] = -sines[at + half]!;
    }
  }
  return { cosines, sines };
}

/** Angle per position of each pair of elements, [headWidth / 2]. */
export function rotaryFrequencies({ headWidth, rotaryBase, rotaryScaling }: ModelConfig): number[] {
  return Array.from({ length: headWidth / 2 }, (_, i) => {
    const frequency = rotaryBase ** ((-2 * i) / headWidth);
    if (rotaryScaling === undefined) return frequency;
    const {
      factor,
      lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalContextLength,
    } = rotaryScaling;
    const turns = (originalContextLength * frequency) / (2 * Math.PI);
    if (turns < low) return frequency / factor;
    if (turns > high) return frequency;
    const smooth = (turns - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  });
}

export interface Rotation {
  /** Broadcasts against the heads, [..., time, headWidth]. */
  readonly cosines: Tensor;
  readonly sines: Tensor;
}

/** Rotation of positions 0…time−1, [time, headWidth]. */
export function constantRotation(graph: Graph, config: ModelConfig, time: number): Rotation {
  const { cosines, sines } = rotaryTables(config, time);
  return {
    cosines: graph.constant(cosines, [time, config.headWidth]),
    sines: graph.constant(sines, [time, config.headWidth]),
  };
}

/** Turns heads [rows, heads, time, headWidth] by their positions. */
export function rotate(heads: Tensor, rotation: Rotation): Tensor {
  const [first, second] = split(heads, -1, 2);
  const swapped = concat([second!, first!], -1);
  return add(mul(heads, rotation.cosines), mul(swapped, rotation.sines));
}
