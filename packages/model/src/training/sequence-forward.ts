/** Whole sequences of one shape through the model, all positions at once: training and scoring. */
import { cast, chunkedSoftmaxMatMul, type Graph, type Tensor } from '@llm/graph';
import { attentionScale, type StackOptions, transformerStack } from '../architecture/forward.js';
import type { Parameters } from '../architecture/parameters.js';
import { previousInSequence } from '../architecture/smear.js';
import { causalAttention, causalMask, segmentMask } from '../attention/causal-attention.js';
import { constantRotation } from '../attention/rotary-positions.js';
import type { ModelConfig } from '../config/model-config.js';
import type { CompactMemory } from './memory.js';

export interface SequenceOptions {
  readonly config: ModelConfig;
  readonly parameters: Parameters;
  readonly rows: number;
  readonly columns: number;
  /** The graph has an input `segments`. */
  readonly segmented: boolean;
  readonly memory: CompactMemory | undefined;
}

/**
 * Adds the inputs `tokens` int32 [rows · columns] and, when segmented, `segments` int32 [rows, columns].
 * Returns the residual stream after the final norm, [rows · columns, width].
 */
export function sequenceStates(graph: Graph, options: SequenceOptions): Tensor {
  const { config, parameters, rows, columns, memory } = options;
  const tokens = graph.input('tokens', 'int32', [rows * columns]);
  const segments = options.segmented ? graph.input('segments', 'int32', [rows, columns]) : undefined;
  const learned = config.positions === 'learned';
  return transformerStack({
    config,
    parameters,
    tokens,
    rows,
    time: columns,
    rotation: learned ? undefined : constantRotation(graph, config, columns),
    positions: learned
      ? graph.constant(Int32Array.from({ length: rows * columns }, (_, i) => i % columns))
      : undefined,
    attend: memory
      ? attendInPieces(config, segments, memory)
      : attendAtOnce(graph, config, segments, columns),
    recomputed: memory !== undefined,
    previous: (embeddings) => previousInSequence(embeddings, rows, columns, segments),
  });
}

function attendAtOnce(
  graph: Graph,
  config: ModelConfig,
  segments: Tensor | undefined,
  columns: number,
): StackOptions['attend'] {
  const mask = segments ? segmentMask(graph, segments, columns) : causalMask(graph, columns);
  const scale = attentionScale(config);
  return (query, key, value) => causalAttention(query, key, value, mask, scale);
}

function attendInPieces(
  config: ModelConfig,
  segments: Tensor | undefined,
  memory: CompactMemory,
): StackOptions['attend'] {
  const groups = segments && cast(segments, 'float32');
  return (query, key, value) =>
    chunkedSoftmaxMatMul(query, key, value, {
      chunk: memory.queries,
      alpha: attentionScale(config),
      causal: true,
      ...(groups ? { groups } : {}),
    });
}
