/** Whole sequences of one shape through the model, all positions at once: training and scoring. */
import type { TokenBatch } from '@llm/core';
import { cast, chunkedSoftmaxMatMul, type Graph, type HostTensor, type Tensor } from '@llm/graph';
import { type ForwardOptions, forward } from '../architecture/forward.js';
import { int32 } from '../architecture/host-tensors.js';
import type { Parameters } from '../architecture/parameters.js';
import { previousInSequence } from '../architecture/smear.js';
import { causalAttention } from '../attention/causal-attention.js';
import { causalMask, segmentMask } from '../attention/masks.js';
import { constantRotation, layerRotation } from '../attention/rotary-positions.js';
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
  readonly memory: CompactMemory | undefined;
}

/** Of a batch, what does not depend on what it is for. */
export type Sequences = Pick<TokenBatch, 'rows' | 'columns' | 'inputs' | 'segments'>;

export function shapeOf(
  config: ModelConfig,
  { rows, columns, segments }: Sequences,
  memory: MemoryOption | undefined,
): SequenceShape {
  const segmented = segments !== undefined;
  return { rows, columns, segmented, memory: memoryFor(config, rows, columns, memory) };
}

/** Batches of one name have one shape. */
export function shapeName({ rows, columns, segments }: Sequences): string {
  return `${rows} ${columns} ${segments !== undefined}`;
}

/**
 * Adds the inputs `tokens` int32 [rows · columns] and, when segmented, `segments` int32 [rows, columns] and,
 * for learned positions, `positions` int32 [rows · columns]. Returns the residual stream after the final
 * norm, [rows · columns, width].
 */
export function sequenceStates(
  graph: Graph,
  config: ModelConfig,
  parameters: Parameters,
  { rows, columns, segmented, memory }: SequenceShape,
): Tensor {
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
    attend: memory
      ? attendInPieces(config, segments, memory.queries)
      : attendAtOnce(graph, config, segments, columns),
    recomputed: memory !== undefined,
    previous: (embeddings) => previousInSequence(embeddings, rows, columns, segments),
  });
}

/** A batch as those inputs. */
export function sequenceFeeds(
  config: ModelConfig,
  { rows, columns, inputs, segments }: Sequences,
): Record<string, HostTensor> {
  const feeds: Record<string, HostTensor> = { tokens: int32(inputs) };
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
