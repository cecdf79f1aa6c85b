/**
 * The graph behind generation: some new tokens per row in, scores of the next token and the new keys and values out. All
 * sizes are symbolic, so one session serves every batch, and a prompt is read by the same graph as a single token.
 */
import {
  add,
  exp,
  type Graph,
  gather,
  gatherElements,
  greater,
  log,
  mul,
  reduceMax,
  reduceSum,
  reshape,
  scatterElements,
  softmax,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from '@llm/graph';
import {
  cachedAttention,
  lengthMask,
  positionMask,
  slotMask,
  wholeAttention,
} from '../architecture/cached-attention.js';
import type { Parameters } from '../architecture/parameters.js';
import { type Rotation, rotaryTables } from '../architecture/rotary-positions.js';
import {
  attentionScale,
  embedTokens,
  languageModelHead,
  type StackOptions,
  transformerStack,
} from '../architecture/transformer-layers.js';
import type { ModelConfig } from '../model-config.js';
import { drawTokens } from './draw-tokens.js';

/** A cached tensor as input and output. */
export interface CacheTensor {
  /** `past.i.key` or `past.i.value` */
  readonly past: string;
  /** `present.i.key` or `present.i.value` */
  readonly fresh: string;
}

function cacheTensor(layer: number, part: 'key' | 'value'): CacheTensor {
  return { past: `past.${layer}.${part}`, fresh: `present.${layer}.${part}` };
}

export function cacheTensors({ depth }: ModelConfig): CacheTensor[] {
  return Array.from({ length: depth }, (_, layer) => [
    cacheTensor(layer, 'key'),
    cacheTensor(layer, 'value'),
  ]).flat();
}

/** A layer's keys, or its values. */
export function cacheShape({ keyValueHeads, headWidth }: ModelConfig): (string | number)[] {
  return ['rows', keyValueHeads, 'capacity', headWidth];
}

/**
 * Adds to a graph that holds `parameters`:
 *
 * - inputs `tokens`, `positions` int32 [rows, time] (padding at the end of a row); `last` int32 [rows], flat index of each row's
 *   last real token; `inverseTemperature` [1] and `uniform` [rows, 1]; with smear `previous` int32 [rows, time], the token before
 *   each; `slots` int32 [capacity] (0, 1, …); per layer `past.i.key`, `past.i.value`, see `cacheShape`;
 * - outputs `logits` [rows, vocabularySize], `logSum`, `sampled` and `sampledLogProbability` [rows, 1], see `NextTokenScores`;
 * - where `cache` is `read`: input `lengths` int32 [rows], outputs `present.i.key|value` [rows, keyValueHeads, time, headWidth],
 *   the new ones alone, for the caller to append;
 * - where it is `written`: input `places` int32 [rows, time], the slots of the new tokens, and outputs
 *   `present.i.key|value`, the whole cache with the new ones in it.
 */
export function decodeGraph(
  graph: Graph,
  config: ModelConfig,
  parameters: Parameters,
  cache: 'read' | 'written',
): void {
  const tokens = graph.input('tokens', 'int32', ['rows', 'time']);
  const positions = graph.input('positions', 'int32', ['rows', 'time']);
  const last = graph.input('last', 'int32', ['rows']);
  const learned = config.positions === 'learned';
  const states = transformerStack({
    config,
    parameters,
    tokens,
    rows: 'rows',
    time: 'time',
    rotation: learned ? undefined : gatheredRotation(graph, config, positions),
    positions: learned ? positions : undefined,
    attend: cache === 'read' ? readingAttention(graph, config, positions) : writingAttention(graph, config),
    previous: () => {
      // The embedding before a token depends on that one alone, so nothing has to be remembered but its id.
      const before = graph.input('previous', 'int32', ['rows', 'time']);
      const embeddings = embedTokens(config, parameters, before, learned ? add(positions, -1) : undefined);
      return where(unsqueeze(greater(positions, 0), 2), embeddings, 0);
    },
  });
  const ends = gather(reshape(states, ['rowsTime', config.width]), last);
  outputScores(graph, languageModelHead(config, parameters, ends));
}

function outputScores(graph: Graph, logits: Tensor): void {
  const inverseTemperature = graph.input('inverseTemperature', 'float32', [1]);
  const uniform = graph.input('uniform', 'float32', ['rows', 1]);
  // In parts: the kernel of ReduceLogSumExp takes five times as long.
  const most = reduceMax(logits, -1, { keepDimensions: true });
  const logSum = add(most, log(reduceSum(exp(sub(logits, most)), -1, { keepDimensions: true })));
  const sampled = drawTokens(softmax(mul(logits, inverseTemperature)), uniform);
  graph.output('logits', logits);
  graph.output('logSum', logSum);
  graph.output('sampled', sampled);
  graph.output('sampledLogProbability', sub(gatherElements(logits, sampled, 1), logSum));
}

function pastInputs(
  graph: Graph,
  config: ModelConfig,
  layer: number,
): { readonly key: Tensor; readonly value: Tensor } {
  const input = (part: 'key' | 'value'): Tensor =>
    graph.input(cacheTensor(layer, part).past, 'float32', cacheShape(config));
  return { key: input('key'), value: input('value') };
}

function readingAttention(graph: Graph, config: ModelConfig, positions: Tensor): StackOptions['attend'] {
  const lengths = graph.input('lengths', 'int32', ['rows']);
  const pastMask = lengthMask(lengths, graph.input('slots', 'int32', ['capacity']));
  const mask = positionMask(positions);
  const scale = attentionScale(config);
  return (query, key, value, layer) => {
    graph.output(cacheTensor(layer, 'key').fresh, key);
    graph.output(cacheTensor(layer, 'value').fresh, value);
    const past = { ...pastInputs(graph, config, layer), mask: pastMask };
    return cachedAttention(query, key, value, mask, past, scale);
  };
}

/** No operator here needs 64-bit integers made while running: those are at home on the CPU only. */
function writingAttention(graph: Graph, config: ModelConfig): StackOptions['attend'] {
  const { keyValueHeads, headWidth } = config;
  const places = graph.input('places', 'int32', ['rows', 'time']);
  const mask = slotMask(places, graph.input('slots', 'int32', ['capacity']));
  const scale = attentionScale(config);
  // One index per number: adding zeros repeats the places over heads and their width.
  const zeros = graph.constant(new Int32Array(keyValueHeads * headWidth), [1, keyValueHeads, 1, headWidth]);
  const indices = add(unsqueeze(places, [1, 3]), zeros);
  return (query, key, value, layer) => {
    const past = pastInputs(graph, config, layer);
    const keys = scatterElements(past.key, indices, key, { axis: 2 });
    const values = scatterElements(past.value, indices, value, { axis: 2 });
    graph.output(cacheTensor(layer, 'key').fresh, keys);
    graph.output(cacheTensor(layer, 'value').fresh, values);
    return wholeAttention(query, keys, values, mask, scale);
  };
}

/** [rows, 1, time, headWidth]: each row is at its own position. */
function gatheredRotation(graph: Graph, config: ModelConfig, positions: Tensor): Rotation {
  const tables = rotaryTables(config, config.contextLength);
  const rows = (table: Float32Array): Tensor =>
    unsqueeze(gather(graph.constant(table, [config.contextLength, config.headWidth]), positions), 1);
  return { cosines: rows(tables.cosines), sines: rows(tables.sines) };
}
