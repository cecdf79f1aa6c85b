/**
 * One token from a row of logits: temperature, then the k most likely, then the smallest set reaching probability
 * p (nucleus, Holtzman et al. 2019), then min-p (Nguyen et al. 2024); the order of Hugging Face's processors.
 */
import type { Random } from '@llm/core';

export interface SamplingOptions {
  /** 0 is greedy (the lowest id among equals). Default 1. */
  readonly temperature?: number;
  /** Keep the k most likely tokens. Default: all. */
  readonly topK?: number;
  /** Keep the smallest set of tokens whose probability reaches p. Default 1. */
  readonly topP?: number;
  /** Keep tokens at least this share as likely as the most likely one. Default 0. */
  readonly minP?: number;
}

/** `logits` [vocabulary], any shift (log-probabilities do). Draws exactly one uniform number unless greedy. */
export function sampleToken(logits: Float32Array, options: SamplingOptions, random: Random): number {
  const { temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
  const best = indexOfMaximum(logits);
  if (temperature === 0) return best;
  const maximum = logits[best]!;
  const size = logits.length;
  if ((topK <= 0 || topK >= size) && topP >= 1 && minP <= 0) {
    const odds = oddsBuffer(size);
    let total = 0;
    for (let id = 0; id < size; id++) {
      const odd = Math.exp((logits[id]! - maximum) / temperature);
      odds[id] = odd;
      total += odd;
    }
    return draw(odds, undefined, size, total, random, best);
  }
  return sampleTruncated(logits, maximum, { temperature, topK, topP, minP }, random);
}

function sampleTruncated(
  logits: Float32Array,
  maximum: number,
  { temperature, topK, topP, minP }: Required<SamplingOptions>,
  random: Random,
): number {
  // Anything e^-30 times as likely as the best cannot matter to a nucleus and makes the sort long.
  const floor = maximum - 30 * temperature;
  let ids: number[] = [];
  for (let id = 0; id < logits.length; id++) if (logits[id]! >= floor) ids.push(id);
  // Ties by id, so that the order does not depend on the sort.
  ids.sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (topK > 0) ids = ids.slice(0, topK);
  const odds = Float64Array.from(ids, (id) => Math.exp((logits[id]! - maximum) / temperature));
  let total = 0;
  for (const odd of odds) total += odd;
  let kept = ids.length;
  if (topP < 1) {
    let sum = 0;
    kept = 0;
    while (kept < ids.length && (kept === 0 || sum < topP * total)) sum += odds[kept++]!;
    total = sum;
  }
  if (minP > 0) {
    while (kept > 1 && odds[kept - 1]! < minP) total -= odds[--kept]!;
  }
  return draw(odds, ids, kept, total, random, ids[0]!);
}

function draw(
  odds: Float64Array,
  ids: readonly number[] | undefined,
  count: number,
  total: number,
  random: Random,
  fallback: number,
): number {
  let left = random.uniform() * total;
  for (let i = 0; i < count; i++) {
    left -= odds[i]!;
    if (left < 0) return ids ? ids[i]! : i;
  }
  return fallback;
}

/** The lowest index of the greatest value. */
export function indexOfMaximum(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

let shared = new Float64Array(0);
function oddsBuffer(size: number): Float64Array {
  if (shared.length < size) shared = new Float64Array(size);
  return shared;
}
