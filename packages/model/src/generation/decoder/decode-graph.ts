/**
 * The graph behind generation: some new tokens per row in, scores of the next token and the new keys and
 * values out. All sizes are symbolic, so one session serves every batch, a prompt as well as a single token.
 */
import {
  add,
  cast,
  concat,
  dimensionOf,
  type Graph,
  gather,
  gatherElements,
  greater,
  less,
  logSoftmax,
  mul,
  reshape,
  scatterElements,
  slice,
  softmax,
  sub,
  type Tensor,
  unsqueeze,
  where,
} from '@llm/graph';
import { embed, type ForwardOptions, forward, languageModelHead } from '../../architecture/forward.js';
import type { Parameters } from '../../architecture/parameters.js';
import { cachedAttention } from '../../attention/cached-attention.js';
import { cacheMask, positionMask, slotMask } from '../../attention/masks.js';
import {
  fusedRotation,
  layerRotation,
  type RotaryKind,
  type RotaryTensors,
  turnedWidth,
} from '../../attention/rotary-positions.js';
import { scoreRule } from '../../attention/score-rule.js';
import { concatAs } from '../../attention/symbolic-shapes.js';
import { wholeAttention } from '../../attention/whole-attention.js';
import { byWindow } from '../../config/layer-patterns.js';
import type { ModelConfig } from '../../config/model-config.js';
import { drawTokens } from './draw-tokens.js';

/** The new keys and values of all layers. */
export const freshName = 'present';

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

/** The same where the cache is read: heads that share it stand on the axis of 1. */
export function readShape(config: ModelConfig): (string | number)[] {
  return cacheShape(config).toSpliced(2, 0, 1);
}

/**
 * Adds to a graph that holds `parameters`:
 *
 * - inputs `tokens`, `positions` int32 [rows, time] (padding at the end of a row); `last` int32 [rows], flat
 *   index of each row's last real token; `inverseTemperature` and `uniform` [rows, 1], `drawable` int32 [rows,
 *   1], ids below which are drawn; `scored` int32 [scored], rows whose logits are returned; with smear
 *   `previous` int32 [rows, time], the token before each; for each of `rotaryKinds` `cosines` and `sines` behind
 *   its prefix, [positions, width / 2], width being what turns; `slots` int32 [capacity] (0, 1, …); per layer
 *   `past.i.key`, `past.i.value`, see `cacheShape` and `readShape`;
 * - outputs `logits` [scored, vocabularySize], `logSum`, `sampled` and `sampledLogProbability` [rows, 1], see
 *   `RowScores`;
 * - where `cache` is `read`: input `lengths` int32 [rows], output `present` [2 · depth · rows, keyValueHeads,
 *   time, headWidth], the new ones alone in the order of `cacheTensors`, for the caller to append;
 * - where it is `written`: inputs `places` int32 [rows, time], the slots of the new tokens, and with rotary
 *   positions `turns`, int64, the same as `positions`; outputs `present.i.key|value`, the whole cache with the
 *   new ones in it.
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
  const tables = ({ prefix }: RotaryKind): RotaryTensors => {
    const shape = ['positions', turnedWidth(config) / 2];
    const table = (name: string): Tensor => graph.input(prefix + name, 'float32', shape);
    return { cosines: table('cosines'), sines: table('sines') };
  };
  // Devices do not make integers of 64 bits.
  const turns = (): Tensor =>
    cache === 'read' ? cast(positions, 'int64') : graph.input('turns', 'int64', ['rows', 'time']);
  const wide = learned ? undefined : turns();
  const fresh: Tensor[] = [];
  // One axis of tokens, so that a product can add another to its result; where the cache is written, shapes
  // that are known only at run time are not at home.
  const isFlat = cache === 'read';
  const flat = (grid: Tensor): Tensor => (isFlat ? reshape(grid, ['rowsTime']) : grid);
  const states = forward({
    config,
    parameters,
    tokens: flat(tokens),
    rows: 'rows',
    time: 'time',
    sizes: isFlat ? concat([dimensionOf(tokens, 0), dimensionOf(tokens, 1)], 0) : undefined,
    rotation: layerRotation(config, (kind) => fusedRotation(wide!, tables(kind))),
    positions: learned ? flat(positions) : undefined,
    attend:
      cache === 'read' ? readingAttention(graph, config, positions, fresh) : writingAttention(graph, config),
    previous: () => {
      // The embedding before a token depends on that one alone, so nothing has to be remembered but its id.
      const before = flat(graph.input('previous', 'int32', ['rows', 'time']));
      const places = flat(positions);
      const embeddings = embed(config, parameters, before, learned ? add(places, -1) : undefined);
      return where(unsqueeze(greater(places, 0), isFlat ? 1 : 2), embeddings, 0);
    },
  });
  // One output, because each costs some microseconds at every step.
  if (cache === 'read')
    graph.output(freshName, concatAs(fresh, 0, ['tensorsRows', ...fresh[0]!.shape.slice(1)]));
  const rows = isFlat ? states : reshape(states, ['rowsTime', config.width]);
  const logits = languageModelHead(config, parameters, gather(rows, last));
  // Where the rest is computed in float16 these are not: see `halfPrecisionGraph`.
  outputScores(graph, cache === 'read' ? logits : graph.node('Cast', [logits], { to: 1 })[0]!);
}

/** In place of the score of an id that must not be drawn. */
const undrawable = -3e38;

function outputScores(graph: Graph, logits: Tensor): void {
  const inverseTemperature = graph.input('inverseTemperature', 'float32', ['rows', 1]);
  const uniform = graph.input('uniform', 'float32', ['rows', 1]);
  const drawable = graph.input('drawable', 'int32', ['rows', 1]);
  // Row by row, unlike an exponential over all of them: a row's numbers do not depend on its place, to the
  // bit. And ReduceLogSumExp takes five times as long.
  const logProbabilities = logSoftmax(logits);
  const vocabulary = Number(logits.shape[1]);
  const ids = graph.constant(
    Int32Array.from({ length: vocabulary }, (_, id) => id),
    [1, vocabulary],
  );
  const scaled = where(less(ids, drawable), mul(logits, inverseTemperature), undrawable);
  const sampled = drawTokens(softmax(scaled), uniform);
  graph.output('logits', gather(logits, graph.input('scored', 'int32', ['scored'])));
  graph.output('logSum', sub(slice(logits, 1, 0, 1), slice(logProbabilities, 1, 0, 1)));
  graph.output('sampled', sampled);
  graph.output('sampledLogProbability', gatherElements(logProbabilities, sampled, 1));
}

function pastInputs(
  graph: Graph,
  layer: number,
  shape: readonly (string | number)[],
): { readonly key: Tensor; readonly value: Tensor } {
  const input = (part: 'key' | 'value'): Tensor =>
    graph.input(cacheTensor(layer, part).past, 'float32', shape);
  return { key: input('key'), value: input('value') };
}

/** New keys and values are added to `fresh`. */
function readingAttention(
  graph: Graph,
  config: ModelConfig,
  positions: Tensor,
  fresh: Tensor[],
): ForwardOptions['attend'] {
  const lengths = graph.input('lengths', 'int32', ['rows']);
  const slots = graph.input('slots', 'int32', ['capacity']);
  const sizes = concat([dimensionOf(slots, 0), dimensionOf(positions, 1)], 0);
  const sight = byWindow(config, (window) => {
    const fresh = positionMask(positions, window);
    const past = cacheMask(lengths, slots, positions, window);
    const mask = concatAs([past, fresh], 3, past.shape.with(3, 'cachedAndNew'));
    return { mask: unsqueeze(mask, 1), sizes };
  });
  const rule = scoreRule(config);
  return (query, key, value, layer) => {
    fresh.push(key, value);
    const past = pastInputs(graph, layer, readShape(config));
    return cachedAttention(query, key, value, past, sight(layer), rule);
  };
}

/** No operator here needs 64-bit integers made while running: those are at home on the CPU only. */
function writingAttention(graph: Graph, config: ModelConfig): ForwardOptions['attend'] {
  const { keyValueHeads, headWidth } = config;
  const places = graph.input('places', 'int32', ['rows', 'time']);
  const slots = graph.input('slots', 'int32', ['capacity']);
  const mask = byWindow(config, (window) => slotMask(places, slots, window));
  const rule = scoreRule(config);
  // One index per number: adding zeros repeats the places over heads and their width.
  const zeros = graph.constant(new Int32Array(keyValueHeads * headWidth), [1, keyValueHeads, 1, headWidth]);
  const indices = add(unsqueeze(places, [1, 3]), zeros);
  return (query, key, value, layer) => {
    const past = pastInputs(graph, layer, cacheShape(config));
    const keys = scatterElements(past.key, indices, key, { axis: 2 });
    const values = scatterElements(past.value, indices, value, { axis: 2 });
    graph.output(cacheTensor(layer, 'key').fresh, keys);
    graph.output(cacheTensor(layer, 'value').fresh, values);
    return wholeAttention(query, keys, values, mask(layer), rule);
  };
}
