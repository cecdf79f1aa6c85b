/** Whole sequences of one shape through the model, all positions at once: training and scoring. */
import { createRandom, type TokenBatch } from '@llm/core';
import {
  cast,
  chunkedSoftmaxMatMul,
  type Graph,
  gather,
  greater,
  type HostTensor,
  recompute,
  reshape,
  slice,
  type Tensor,
  where,
} from '@llm/graph';
import { type ForwardOptions, forward } from '../architecture/forward.js';
import { float32, int32 } from '../architecture/host-tensors.js';
import type { Parameters } from '../architecture/parameters.js';
import { previousInSequence } from '../architecture/smear.js';
import { causalAttention } from '../attention/causal-attention.js';
import { branchMask, causalMask, segmentMask } from '../attention/masks.js';
import {
  constantRotation,
  gatheredRotation,
  layerRotation,
  type RotaryConfig,
  type Rotation,
  turnedWidth,
  wideRotaryTables,
} from '../attention/rotary-positions.js';
import { scoreRule } from '../attention/score-rule.js';
import { byWindow, windowOf } from '../config/layer-patterns.js';
import type { ModelConfig } from '../config/model-config.js';
import { type CompactMemory, type MemoryOption, memoryFor } from './memory.js';

/** The shape of a batch, and how a graph for it is built. */
export interface SequenceShape {
  readonly rows: number;
  readonly columns: number;
  /** The graph has an input `segments`. */
  readonly segmented: boolean;
  /** The graph has an input `branches`; so many columns are of no branch in any row. Default: it has not. */
  readonly shared?: number | undefined;
  readonly memory: CompactMemory | undefined;
  /** Of the logits. Default 1. */
  readonly temperature?: number | undefined;
  /** The graph has an input `embeddingNoise`. */
  readonly noisy?: boolean | undefined;
}

/** Of a batch, what does not depend on what it is for. */
export type Sequences = Pick<
  TokenBatch,
  'rows' | 'columns' | 'inputs' | 'segments' | 'branches' | 'temperature' | 'embeddingNoise'
>;

export function shapeOf(
  config: ModelConfig,
  { rows, columns, segments, branches, temperature, embeddingNoise }: Sequences,
  memory: MemoryOption | undefined,
): SequenceShape {
  const segmented = segments !== undefined;
  const shared = branches && sharedColumns({ branches, columns });
  const noisy = embeddingNoise !== undefined;
  return {
    rows,
    columns,
    segmented,
    shared,
    memory: memoryFor(config, rows, columns, memory),
    temperature,
    noisy,
  };
}

/** Few different numbers, so that few graphs are made. */
const sharedMultiple = 8;

/** Columns at the beginning that are of no branch in any row, rounded down; 0 without branches. */
export function sharedColumns({ branches, columns }: Pick<Sequences, 'branches' | 'columns'>): number {
  if (branches === undefined) return 0;
  let least = columns;
  for (let start = 0; start < branches.length; start += columns) {
    const first = branches.subarray(start, start + columns).findIndex((branch) => branch !== 0);
    if (first >= 0) least = Math.min(least, first);
  }
  return roundedShared(least);
}

/** Each row without its first `count` columns. */
export function withoutColumns<Numbers extends Int32Array | Float32Array>(
  numbers: Numbers,
  columns: number,
  count: number,
): Numbers {
  if (count === 0) return numbers;
  return numbers.filter((_, i) => i % columns >= count) as Numbers;
}

/** What all branches share is not scored, since the head is a fifth of a small model's work. */
export function behindShared(
  states: Tensor,
  { rows, columns, shared = 0 }: SequenceShape,
  width: number,
): Tensor {
  if (shared === 0) return states;
  const grid = reshape(states, [rows, columns, width]);
  return reshape(slice(grid, 1, shared, columns), [rows * (columns - shared), width]);
}

export const roundedShared = (columns: number): number => columns - (columns % sharedMultiple);

/** Batches of one name have one shape. */
export function shapeName(batch: Sequences): string {
  const { rows, columns, segments, branches, temperature = 1, embeddingNoise } = batch;
  const shared = branches && sharedColumns({ branches, columns });
  const noise = embeddingNoise === undefined ? '' : ' noisy';
  return `${rows} ${columns} ${segments !== undefined} ${shared ?? 'apart'} ${temperature}${noise}`;
}

/**
 * Adds the inputs `tokens` int32 [rows · columns] and, when segmented, `segments` int32 [rows, columns] and,
 * for learned positions, `positions` int32 [rows · columns]; when branched, `branches` and `positions` int32
 * [rows, columns] and, with smear, `before` int32 [rows · columns]. Returns the residual stream after the
 * final norm, [rows · columns, width].
 */
export function sequenceStates(
  graph: Graph,
  config: ModelConfig,
  parameters: Parameters,
  shape: SequenceShape,
): Tensor {
  const { rows, columns, segmented, shared, memory } = shape;
  if (shared !== undefined) return branchedStates(graph, config, parameters, shape);
  const tokens = graph.input('tokens', 'int32', [rows * columns]);
  const segments = segmented ? graph.input('segments', 'int32', [rows, columns]) : undefined;
  const learned = config.positions === 'learned';
  const positions = (): Tensor =>
    segmented
      ? graph.input('positions', 'int32', [rows * columns])
      : graph.constant(Int32Array.from({ length: rows * columns }, (_, i) => i % columns));
  return forward({
    config,
    parameters,
    tokens,
    rows,
    time: columns,
    rotation: layerRotation(config, (kind) => constantRotation(graph, kind.config, columns)),
    positions: learned ? positions() : undefined,
    embeddingNoise: noiseInput(graph, config, shape),
    attend: memory
      ? attendInPieces(config, segments, memory.queries)
      : attendAtOnce(graph, config, segments, columns),
    recomputed: memory !== undefined,
    previous: (embeddings) => previousInSequence(embeddings, rows, columns, segments),
  });
}

/**
 * Attention over a whole row at once: which keys count is not a matter of their places alone. With `memory`
 * one layer's weights are held at a time.
 */
function branchedStates(
  graph: Graph,
  config: ModelConfig,
  parameters: Parameters,
  shape: SequenceShape,
): Tensor {
  const { rows, columns, memory } = shape;
  const tokens = graph.input('tokens', 'int32', [rows * columns]);
  const branches = graph.input('branches', 'int32', [rows, columns]);
  const positions = graph.input('positions', 'int32', [rows, columns]);
  const mask = byWindow(config, (window) => branchMask(graph, { branches, positions }, columns, window));
  const rule = scoreRule(config);
  return forward({
    config,
    parameters,
    tokens,
    rows,
    time: columns,
    rotation: layerRotation(config, (kind) => rotationAt(graph, kind.config, positions, columns)),
    positions: config.positions === 'learned' ? reshape(positions, [rows * columns]) : undefined,
    embeddingNoise: noiseInput(graph, config, shape),
    attend: (query, key, value, layer) => {
      const attend = ([q, k, v]: readonly Tensor[]): Tensor[] => [
        causalAttention(q!, k!, v!, mask(layer), rule),
      ];
      return (memory ? recompute([query, key, value], attend) : attend([query, key, value]))[0]!;
    },
    recomputed: memory !== undefined,
    previous: (embeddings) => {
      const before = gather(embeddings, graph.input('before', 'int32', [rows * columns]));
      return where(greater(reshape(positions, [rows * columns, 1]), 0), before, 0);
    },
  });
}

function rotationAt(graph: Graph, config: RotaryConfig, positions: Tensor, count: number): Rotation {
  const { cosines, sines } = wideRotaryTables(config, count);
  const table = (numbers: Float32Array): Tensor => graph.constant(numbers, [count, turnedWidth(config)]);
  return gatheredRotation(positions, { cosines: table(cosines), sines: table(sines) });
}

function noiseInput(graph: Graph, config: ModelConfig, shape: SequenceShape): Tensor | undefined {
  if (shape.noisy !== true) return undefined;
  return graph.input('embeddingNoise', 'float32', [shape.rows * shape.columns, config.width]);
}

/** A batch as those inputs. */
export function sequenceFeeds(
  config: ModelConfig,
  { rows, columns, inputs, segments, branches, embeddingNoise }: Sequences,
): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = { tokens: int32(inputs) };
  if (embeddingNoise !== undefined) {
    const { alpha, seed } = embeddingNoise;
    const random = createRandom(seed, 'embedding-noise');
    const bound = alpha / Math.sqrt(columns * config.width);
    const noise = new Float32Array(rows * columns * config.width);
    for (let i = 0; i < noise.length; i++) noise[i] = (2 * random.uniform() - 1) * bound;
    feeds.embeddingNoise = float32(noise, [rows * columns, config.width]);
  }
  if (branches !== undefined) {
    const { positions, before } = placesInBranches(branches, columns);
    feeds.branches = int32(branches, [rows, columns]);
    feeds.positions = int32(positions, [rows, columns]);
    if (config.smear) feeds.before = int32(before);
    return feeds;
  }
  if (segments === undefined) return feeds;
  feeds.segments = int32(segments, [rows, columns]);
  if (config.positions === 'learned') feeds.positions = int32(positionsWithin(segments, columns));
  return feeds;
}

/**
 * The place of each token in its segment, from 0: a learned position means the distance to the beginning.
 * Rotary positions need none of it, because only distances within a segment count.
 */
function positionsWithin(segments: Int32Array, columns: number): Int32Array {
  const positions = new Int32Array(segments.length);
  for (let start = 0; start < segments.length; start += columns) {
    const lengths = new Map<number, number>();
    for (let i = start; i < start + columns; i++) {
      const length = lengths.get(segments[i]!) ?? 0;
      positions[i] = length;
      lengths.set(segments[i]!, length + 1);
    }
  }
  return positions;
}

/** A branch goes on where the beginning of its row ends. `before`: where the token before is, or here. */
function placesInBranches(
  branches: Int32Array,
  columns: number,
): { readonly positions: Int32Array; readonly before: Int32Array } {
  const positions = new Int32Array(branches.length);
  const before = new Int32Array(branches.length);
  for (let start = 0; start < branches.length; start += columns) {
    const last = new Map<number, number>();
    for (let i = start; i < start + columns; i++) {
      const previous = last.get(branches[i]!) ?? last.get(0);
      positions[i] = previous === undefined ? 0 : positions[previous]! + 1;
      before[i] = previous ?? i;
      last.set(branches[i]!, i);
    }
  }
  return { positions, before };
}

function attendAtOnce(
  graph: Graph,
  config: ModelConfig,
  segments: Tensor | undefined,
  columns: number,
): ForwardOptions['attend'] {
  const mask = byWindow(config, (window) =>
    segments ? segmentMask(graph, segments, columns, window) : causalMask(graph, columns, window),
  );
  const rule = scoreRule(config);
  return (query, key, value, layer) =>
    causalAttention(query, key, value, mask(layer), { ...rule, window: windowOf(config, layer) });
}

function attendInPieces(
  config: ModelConfig,
  segments: Tensor | undefined,
  chunk: number,
): ForwardOptions['attend'] {
  const groups = segments && cast(segments, 'float32');
  const { scale: alpha, softcap } = scoreRule(config);
  return (query, key, value, layer) => {
    const window = windowOf(config, layer);
    return chunkedSoftmaxMatMul(query, key, value, { chunk, alpha, softcap, causal: true, window, groups });
  };
}
