/** Whole sequences of one shape through the model, all positions at once: training and scoring. */
import type { Graph, Tensor } from '@llm/graph';
import { causalAttention, causalMask, segmentMask } from '../architecture/causal-attention.js';
import type { Parameters } from '../architecture/parameters.js';
import { constantRotation } from '../architecture/rotary-positions.js';
import { previousInSequence } from '../architecture/smear.js';
import { attentionScale, languageModelHead, transformerStack } from '../architecture/transformer-layers.js';
import type { ModelConfig } from '../model-config.js';

/**
 * Adds the inputs `tokens` int32 [rows · columns] and, when segmented, `segments` int32 [rows, columns].
 * Returns logits [rows · columns, vocabularySize].
 */
export function sequenceLogits(
  graph: Graph,
  config: ModelConfig,
  parameters: Parameters,
  rows: number,
  columns: number,
  segmented: boolean,
): Tensor {
  const tokens = graph.input('tokens', 'int32', [rows * columns]);
  const segments = segmented ? graph.input('segments', 'int32', [rows, columns]) : undefined;
  const mask = segments ? segmentMask(graph, segments, columns) : causalMask(graph, columns);
  const scale = attentionScale(config);
  const learned = config.positions === 'learned';
  const states = transformerStack({
    config,
    parameters,
    tokens,
    rows,
    time: columns,
    rotation: learned ? undefined : constantRotation(graph, config, columns),
    positions: learned
      ? graph.constant(Int32Array.from({ length: rows * columns }, (_, i) => i % columns))
      : undefined,
    attend: (query, key, value) => causalAttention(query, key, value, mask, scale),
    previous: (embeddings) => previousInSequence(embeddings, rows, columns, segments),
  });
  return languageModelHead(config, parameters, states);
}
