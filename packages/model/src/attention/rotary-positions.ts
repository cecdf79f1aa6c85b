/**
 * Rotary position embedding (Su et al. 2021) in the rotate-half layout of GPT-NeoX and Hugging Face: element
 * i of the first half turns together with element i of the second.
 */
import { add, cast, concat, type Graph, gather, mul, split, type Tensor, unsqueeze } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';

interface RotaryTables {
  /** [positions, headWidth / 2] */
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** Of the angles at positions 0…count−1. */
function rotaryTables(config: ModelConfig, count: number): RotaryTables {
  const frequencies = rotaryFrequencies(config);
  const table = (of: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: count * frequencies.length }, (_, i) =>
      of(Math.floor(i / frequencies.length) * frequencies[i % frequencies.length]!),
    );
  return { cosines: table(Math.cos), sines: table(Math.sin) };
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

/** Rotation by positions 0…time−1, in one operator of ONNX Runtime; its gradient turns back. */
export function constantRotation(graph: Graph, config: ModelConfig, time: number): Rotation {
  const { cosines, sines } = rotaryTables(config, time);
  const first = graph.constant(BigInt64Array.of(0n));
  const shape = [time, config.headWidth / 2];
  const turn = (heads: Tensor, direction: Float32Array): Tensor =>
    rotaryEmbedding(heads, first, graph.constant(cosines, shape), graph.constant(direction, shape));
  return (heads) =>
    graph.composite(
      [heads],
      () => [turn(heads, sines)],
      ({ outputGradients: [d] }) => [
        turn(
          d!,
          sines.map((sine) => -sine),
        ),
      ],
    )[0]!;
}

/** By positions int32 [rows, time]: each row is at its own. In one operator, which has no gradient here. */
export function fusedRotation(graph: Graph, config: ModelConfig, positions: Tensor): Rotation {
  const { headWidth, contextLength } = config;
  const { cosines, sines } = rotaryTables(config, contextLength);
  const half = (table: Float32Array): Tensor => graph.constant(table, [contextLength, headWidth / 2]);
  const [wide, cosine, sine] = [cast(positions, 'int64'), half(cosines), half(sines)];
  return (heads) => rotaryEmbedding(heads, wide, cosine, sine);
}

/** `positions` int64: [rows, time], or [1] with the position that all rows begin at. */
function rotaryEmbedding(heads: Tensor, positions: Tensor, cosines: Tensor, sines: Tensor): Tensor {
  return heads.graph.node(
    'RotaryEmbedding',
    [heads, positions, cosines, sines],
    {},
    { domain: 'com.microsoft', outputs: [{ type: 'float32', shape: heads.shape }] },
  )[0]!;
}

/** By positions int32 or int64 [rows, time], in operators of the ONNX standard. */
export function gatheredRotation(graph: Graph, config: ModelConfig, positions: Tensor): Rotation {
  const { contextLength, headWidth } = config;
  const { cosines, sines } = rotaryTables(config, contextLength);
  /** [rows, 1, time, headWidth]: a table beside itself, the first half times `sign`. */
  const rows = (table: Float32Array, sign: 1 | -1): Tensor => {
    const half = headWidth / 2;
    const both = new Float32Array(contextLength * headWidth);
    for (const [i, value] of table.entries()) {
      const at = Math.floor(i / half) * headWidth + (i % half);
      both[at] = sign * value;
      both[at + half] = value;
    }
    return unsqueeze(gather(graph.constant(both, [contextLength, headWidth]), positions), 1);
  };
  const [cosine, sine] = [rows(cosines, 1), rows(sines, -1)];
  return (heads) => {
    const [first, second] = split(heads, -1, 2);
    return add(mul(heads, cosine), mul(concat([second!, first!], -1), sine));
  };
}
