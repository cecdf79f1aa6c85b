/**
 * Rotary position embedding (Su et al. 2021) in the rotate-half layout of GPT-NeoX and Hugging Face: element i of the
 * first half turns together with element i of the second. The sign of the rotation is kept in the sine table.
 */
import { add, cast, concat, type Graph, gather, mul, split, type Tensor, unsqueeze } from '@llm/graph';
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

/** Turns heads [rows, heads, time, headWidth] by their positions. */
export type Rotation = (heads: Tensor) => Tensor;

/** By tables that broadcast against the heads, [..., time, headWidth]. */
export function tableRotation(cosines: Tensor, sines: Tensor): Rotation {
  return (heads) => {
    const [first, second] = split(heads, -1, 2);
    const swapped = concat([second!, first!], -1);
    return add(mul(heads, cosines), mul(swapped, sines));
  };
}

/** Rotation by positions 0…time−1. */
export function constantRotation(graph: Graph, config: ModelConfig, time: number): Rotation {
  const { cosines, sines } = rotaryTables(config, time);
  const shape = [time, config.headWidth];
  return tableRotation(graph.constant(cosines, shape), graph.constant(sines, shape));
}

/** By positions int32 or int64 [rows, time]: each row is at its own. */
export function gatheredRotation(graph: Graph, config: ModelConfig, positions: Tensor): Rotation {
  const { contextLength, headWidth } = config;
  const tables = rotaryTables(config, contextLength);
  const rows = (table: Float32Array): Tensor =>
    unsqueeze(gather(graph.constant(table, [contextLength, headWidth]), positions), 1);
  return tableRotation(rows(tables.cosines), rows(tables.sines));
}

/** By positions int32 [rows, time], in one operator of ONNX Runtime, which has no gradient. */
export function fusedRotation(graph: Graph, config: ModelConfig, positions: Tensor): Rotation {
  const { headWidth, contextLength } = config;
  const { cosines, sines } = rotaryTables(config, contextLength);
  // The operator takes the angle of each pair once, and rotates by the sine of the second half.
  const half = (table: Float32Array): Tensor => {
    const taken = Float32Array.from({ length: table.length / 2 }, (_, i) => {
      const [position, pair] = [Math.floor((2 * i) / headWidth), i % (headWidth / 2)];
      return table[position * headWidth + headWidth / 2 + pair]!;
    });
    return graph.constant(taken, [contextLength, headWidth / 2]);
  };
  const [wide, cosine, sine] = [cast(positions, 'int64'), half(cosines), half(sines)];
  return (heads) =>
    graph.node(
      'RotaryEmbedding',
      [heads, wide, cosine, sine],
      {},
      { domain: 'com.microsoft', outputs: [{ type: 'float32', shape: heads.shape }] },
    )[0]!;
}
