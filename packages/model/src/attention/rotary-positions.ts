/**
 * Rotary position embedding (Su et al. 2021) in the rotate-half layout of GPT-NeoX and Hugging Face: element
 * i of the first half turns together with element i of the second.
 */
import { add, cast, concat, type Graph, gather, mul, split, type Tensor, unsqueeze } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';

export interface RotaryTables {
  /** [positions, headWidth / 2] */
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** Of the angles at positions 0…count−1. */
export function rotaryTables(config: ModelConfig, count: number): RotaryTables {
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

/** `RotaryTables` as tensors, [positions, width]. */
export interface RotaryTensors {
  readonly cosines: Tensor;
  readonly sines: Tensor;
}

/**
 * By positions int32 [rows, time]: each row is at its own. In one operator, which has no gradient here.
 * `tables` are those of `rotaryTables`.
 */
export function fusedRotation(positions: Tensor, { cosines, sines }: RotaryTensors): Rotation {
  const wide = cast(positions, 'int64');
  return (heads) => rotaryEmbedding(heads, wide, cosines, sines);
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

/**
 * Both tables [count, headWidth] for `gatheredRotation`:
 * each beside itself, the first half of the sines negative.
 */
export function wideRotaryTables(config: ModelConfig, count: number): RotaryTables {
  const { cosines, sines } = rotaryTables(config, count);
  const half = config.headWidth / 2;
  const wide = (table: Float32Array, sign: 1 | -1): Float32Array => {
    const both = new Float32Array(2 * table.length);
    for (let i = 0; i < table.length; i++) {
      const at = Math.floor(i / half) * 2 * half + (i % half);
      both[at] = sign * table[i]!;
      both[at + half] = table[i]!;
    }
    return both;
  };
  return { cosines: wide(cosines, 1), sines: wide(sines, -1) };
}

/**
 * By positions int32 or int64 [rows, time], in operators of the ONNX standard. `tables`: `wideRotaryTables`.
 */
export function gatheredRotation(positions: Tensor, tables: RotaryTensors): Rotation {
  /** [rows, 1, time, headWidth] */
  const rows = (table: Tensor): Tensor => unsqueeze(gather(table, positions), 1);
  const [cosine, sine] = [rows(tables.cosines), rows(tables.sines)];
  return (heads) => {
    const [first, second] = split(heads, -1, 2);
    return add(mul(heads, cosine), mul(concat([second!, first!], -1), sine));
  };
}
