/**
 * The graph behind generation: a few new tokens per row in, the next token's log-probabilities and the new keys and
 * values out. All sizes are symbolic, so one session serves every batch.
 */
import { Graph, gather, logSoftmax, mul, reshape, slice, sub, type Tensor, unsqueeze } from '@llm/graph';
import {
  type CachedPart,
  cachedAttention,
  lengthMask,
  positionMask,
} from '../architecture/cached-attention.js';
import { type Architecture, decodingInputs } from '../architecture/parameters.js';
import { rotaryTables } from '../architecture/rotary-positions.js';
import { attentionScale, languageModelHead, transformerStack } from '../architecture/transformer-layers.js';
import type { ModelConfig } from '../model-config.js';

export const cacheName = (layer: number, part: 'key' | 'value'): string => `past.${layer}.${part}`;
export const freshName = (layer: number, part: 'key' | 'value'): string => `present.${layer}.${part}`;
/** The embedding of the last token read, which smear adds to the next: [rows, width]. */
export const cachedEmbeddingName = 'past.embedding';
export const freshEmbeddingName = 'present.embedding';

/**
 * Inputs: `tokens`, `positions` int32 [rows, time] (padding at the end of a row, numbered on), `last` int32 [rows] (flat
 * index of each row's last real token), and with `cached` also `lengths` int32 [rows], `slots` int32 [capacity] (0, 1, …)
 * and per layer `past.i.key` [rows, keyValueHeads, headWidth, capacity] and
 * `past.i.value` [rows, keyValueHeads, capacity, headWidth]. A model with smear also takes `past.embedding` and gives
 * `present.embedding`.
 * Outputs: `logProbabilities` [rows, vocabularySize], `logSum` [rows, 1] (logits minus log-probabilities), `present.i.key|value` [rows, keyValueHeads, time, headWidth].
 */
export function decodeGraph(architecture: Architecture, cached: boolean): Graph {
  const { config } = architecture;
  const graph = new Graph();
  const parameters = decodingInputs(graph, architecture);
  const tokens = graph.input('tokens', 'int32', ['rows', 'time']);
  const positions = graph.input('positions', 'int32', ['rows', 'time']);
  const last = graph.input('last', 'int32', ['rows']);
  const pasts = cached ? pastInputs(graph, config) : undefined;
  const mask = positionMask(positions);
  const scale = attentionScale(config);
  const learned = config.positions === 'learned';
  const states = transformerStack({
    config,
    parameters,
    tokens,
    rows: 'rows',
    time: 'time',
    rotation: learned ? undefined : gatheredRotation(graph, config, positions),
    positions: learned ? positions : undefined,
    attend: (query, key, value, layer) => {
      graph.output(freshName(layer, 'key'), key);
      graph.output(freshName(layer, 'value'), value);
      return cachedAttention(query, key, value, mask, pasts?.[layer], scale);
    },
    previous: (embeddings) => {
      graph.output(freshEmbeddingName, gather(reshape(embeddings, ['rowsTime', config.width]), last));
      const first = cached
        ? unsqueeze(graph.input(cachedEmbeddingName, 'float32', ['rows', config.width]), 1)
        : mul(slice(embeddings, 1, 0, 1), 0);
      const shape = ['rows', 'time', config.width];
      return graph.node(
        'Concat',
        [first, slice(embeddings, 1, 0, -1)],
        { axis: 1 },
        { outputs: [{ type: 'float32', shape }] },
      )[0]!;
    },
  });
  const ends = gather(reshape(states, ['rowsTime', config.width]), last);
  const logits = languageModelHead(config, parameters, ends);
  const logProbabilities = logSoftmax(logits);
  graph.output('logProbabilities', logProbabilities);
  // One number per row turns log-probabilities back into logits, for penalties that are defined on those.
  graph.output('logSum', sub(slice(logits, 1, 0, 1), slice(logProbabilities, 1, 0, 1)));
  return graph;
}

function pastInputs(graph: Graph, config: ModelConfig): CachedPart[] {
  const lengths = graph.input('lengths', 'int32', ['rows']);
  // Fed, not made from the size of the cache: the 64-bit integers that takes are at home on the CPU only.
  const slots = graph.input('slots', 'int32', ['capacity']);
  const mask = lengthMask(lengths, slots);
  return Array.from({ length: config.depth }, (_, layer) => {
    const { keyValueHeads, headWidth } = config;
    const key = graph.input(cacheName(layer, 'key'), 'float32', [
      'rows',
      keyValueHeads,
      headWidth,
      'capacity',
    ]);
    const value = graph.input(cacheName(layer, 'value'), 'float32', [
      'rows',
      keyValueHeads,
      'capacity',
      headWidth,
    ]);
    return { key, value, mask };
  });
}

/** [rows, 1, time, headWidth]: each row is at its own position. */
function gatheredRotation(
  graph: Graph,
  config: ModelConfig,
  positions: Tensor,
): { cosines: Tensor; sines: Tensor } {
  const tables = rotaryTables(config, config.contextLength);
  const rows = (table: Float32Array): Tensor =>
    unsqueeze(gather(graph.constant(table, [config.contextLength, config.headWidth]), positions), 1);
  return { cosines: rows(tables.cosines), sines: rows(tables.sines) };
}
