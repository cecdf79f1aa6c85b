/**
 * Rotary position embedding (Su et al. 2021) in the rotate-half layout of GPT-NeoX and Hugging Face: element
 * i of the first half turns together with element i of the second.
 */
import { add, concat, type Graph, gather, mul, split, type Tensor, unsqueeze } from '@llm/graph';
import { inPattern, windowOf } from '../config/layer-patterns.js';
import type { ModelConfig } from '../config/model-config.js';
import { rotaryFrequencies } from './rotary-frequencies.js';

export interface RotaryTables {
  /** [positions, width / 2], width being the elements that turn */
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** Of the angles at positions 0…count−1. */
export function rotaryTables(config: RotaryConfig, count: number): RotaryTables {
  const frequencies = rotaryFrequencies(config);
  const { rotaryScaling: scaling } = config;
  const factor = scaling?.type === 'yarn' ? scaling.attentionFactor : 1;
  const table = (of: (angle: number) => number): Float32Array =>
    Float32Array.from(
      { length: count * frequencies.length },
      (_, i) => factor * of(Math.floor(i / frequencies.length) * frequencies[i % frequencies.length]!),
    );
  return { cosines: table(Math.cos), sines: table(Math.sin) };
}

/** What the tables depend on. */
export type RotaryConfig = Pick<ModelConfig, 'headWidth' | 'rotaryWidth' | 'rotaryBase' | 'rotaryScaling'>;

/** Elements of a head that turn. */
export function turnedWidth({ headWidth, rotaryWidth = headWidth }: RotaryConfig): number {
  return rotaryWidth;
}

/** The tables that a model reads, which has one for all layers or another for those with a window. */
export interface RotaryKind {
  /** What names of its inputs begin with. */
  readonly prefix: '' | 'local.';
  readonly config: RotaryConfig;
}

/** None for learned positions. */
export function rotaryKinds(config: ModelConfig): RotaryKind[] {
  if (config.positions === 'learned') return [];
  const { localRotaryBase } = config;
  const kinds: RotaryKind[] = [{ prefix: '', config }];
  if (localRotaryBase !== undefined)
    kinds.push({
      prefix: 'local.',
      config: { ...config, rotaryBase: localRotaryBase, rotaryScaling: undefined },
    });
  return kinds;
}

/** Turns heads [rows, heads, time, headWidth] by their positions, or lets them be, as their layer does. */
export type LayerRotation = (heads: Tensor, layer: number) => Tensor;

/** `make` gives the rotation of a kind; undefined for learned positions. */
export function layerRotation(
  config: ModelConfig,
  make: (kind: RotaryKind) => Rotation,
): LayerRotation | undefined {
  const [global, local = global] = rotaryKinds(config).map((kind) => partly(kind.config, make(kind)));
  if (global === undefined || local === undefined) return undefined;
  return (heads, layer) => {
    if (!inPattern(config.rotatedLayers, layer)) return heads;
    return windowOf(config, layer) === undefined ? global(heads) : local(heads);
  };
}

/** Turns the first elements of heads, and all of them where that is the configuration. */
function partly(config: RotaryConfig, rotation: Rotation): Rotation {
  const width = turnedWidth(config);
  if (width === config.headWidth) return rotation;
  return (heads) => {
    const [turned, still] = split(heads, -1, [width, config.headWidth - width]);
    return concat([rotation(turned!), still!], -1);
  };
}

/** Turns all elements of heads [rows, heads, time, width] by their positions. */
export type Rotation = (heads: Tensor) => Tensor;

/** Rotation by positions 0…time−1, in one operator of ONNX Runtime; its gradient turns back. */
export function constantRotation(graph: Graph, config: RotaryConfig, time: number): Rotation {
  const { cosines, sines } = rotaryTables(config, time);
  const first = graph.constant(BigInt64Array.of(0n));
  const shape = [time, turnedWidth(config) / 2];
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
 * By positions int64 [rows, time]: each row is at its own. In one operator, which has no gradient here.
 * `tables` are those of `rotaryTables`.
 */
export function fusedRotation(positions: Tensor, { cosines, sines }: RotaryTensors): Rotation {
  return (heads) => rotaryEmbedding(heads, positions, cosines, sines);
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
 * Both tables [count, width] for `gatheredRotation`:
 * each beside itself, the first half of the sines negative.
 */
export function wideRotaryTables(config: RotaryConfig, count: number): RotaryTables {
  const { cosines, sines } = rotaryTables(config, count);
  const half = turnedWidth(config) / 2;
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
  /** [rows, 1, time, width] */
  const rows = (table: Tensor): Tensor => unsqueeze(gather(table, positions), 1);
  const [cosine, sine] = [rows(tables.cosines), rows(tables.sines)];
  return (heads) => {
    const [first, second] = split(heads, -1, 2);
    return add(mul(heads, cosine), mul(concat([second!, first!], -1), sine));
  };
}
