/**
 * One token from a row of logits: temperature, then the k most likely, then the smallest set reaching
 * probability p (nucleus, Holtzman et al. 2019), then min-p (Nguyen et al. 2024); in Hugging Face's order.
 */
import { checkNumbers, LlmError, type Random } from '@llm/core';

export interface SamplingOptions {
  /** 0 is greedy (the lowest id among equals), and nearly 0 nearly so. Default 1. */
  readonly temperature?: number | undefined;
  /** Keep the k most likely tokens; 0 is all. Default: all. */
  readonly topK?: number | undefined;
  /** Keep the smallest set of tokens whose probability reaches p, from 0 to 1. Default 1. */
  readonly topP?: number | undefined;
  /** Keep tokens at least this share as likely as the most likely one, from 0 to 1. Default 0. */
  readonly minP?: number | undefined;
}

/** Throws `core/option-invalid` naming the option, its value and what it must be. */
export function checkSamplingOptions(options: SamplingOptions): void {
  checkNumbers(options, {
    temperature: { minimum: 0 },
    topK: { minimum: 0, integer: true },
    topP: { minimum: 0, maximum: 1 },
    minP: { minimum: 0, maximum: 1 },
  });
}

/**
 * `logits` [vocabulary], any shift (log-probabilities do); −Infinity excludes a
 * token. Draws one uniform number unless greedy. Throws `core/option-invalid`,
 * or `model/scores-not-finite` where no token can be chosen.
 */
export function sampleToken(logits: Float32Array, options: SamplingOptions, random: Random): number {
  checkSamplingOptions(options);
  const bad = logits.findIndex((logit) => !(logit < Number.POSITIVE_INFINITY));
  if (bad >= 0 || logits[indexOfMaximum(logits)] === Number.NEGATIVE_INFINITY || logits.length === 0)
    throw new LlmError({
      code: 'model/scores-not-finite',
      message: `No token can be drawn from these ${logits.length} scores: ${bad < 0 ? 'none is above −Infinity' : `score ${bad} is ${logits[bad]}`}. Look at the model's weights.`,
      details: { index: bad },
    });
  return drawToken(logits, options, random);
}

/** `sampleToken` for options and logits that are known to be good. */
export function drawToken(logits: Float32Array, options: SamplingOptions, random: Random): number {
  const { temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
  const best = indexOfMaximum(logits);
  if (temperature === 0) return best;
  const oddOf = (id: number): number => Math.exp((logits[id]! - logits[best]!) / temperature);
  let ids: number[];
  let total = 0;
  if (topK > 0 && topK < logits.length) {
    ids = largestIndices(logits, topK);
    for (const id of ids) total += oddOf(id);
  } else {
    // A loop: `Float64Array.from` with a function takes twenty times as long.
    const odds = new Float64Array(logits.length);
    for (let id = 0; id < odds.length; id++) odds[id] = oddOf(id);
    total = sumOf(odds);
    if (topP >= 1 && minP <= 0) return drawFrom(odds, random, total);
    // All tokens below this share together are less than what a nucleus leaves out.
    const floor = Math.max(minP, ((1 - topP) * total) / odds.length);
    ids = [];
    for (let id = 0; id < odds.length; id++) if (odds[id]! >= floor) ids.push(id);
    ids.sort((a, b) => odds[b]! - odds[a]! || a - b);
  }
  const odds = Float64Array.from(ids, oddOf);
  let kept = ids.length;
  if (topP < 1) {
    let sum = 0;
    kept = 0;
    while (kept < ids.length && (kept === 0 || sum < topP * total)) sum += odds[kept++]!;
  }
  while (kept > 1 && odds[kept - 1]! < minP) kept--;
  return ids[drawFrom(odds.subarray(0, kept), random)]!;
}

/** An index with a chance in proportion to its entry; `total` is their sum. Draws one uniform number. */
export function drawFrom(odds: Float32Array | Float64Array, random: Random, total = sumOf(odds)): number {
  let left = random.uniform() * total;
  for (let i = 0; i < odds.length; i++) {
    left -= odds[i]!;
    if (left < 0) return i;
  }
  return indexOfMaximum(odds);
}

function sumOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The lowest index of the greatest value. */
export function indexOfMaximum(values: Float32Array | Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Indices of the `count` greatest values, falling; the lower index first among equals. */
export function largestIndices(values: Float32Array, count: number): number[] {
  const found: number[] = [];
  const most = Math.min(count, values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (found.length === most && !(value > values[found[most - 1]!]!)) continue;
    let [low, high] = [0, found.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[found[middle]!]! >= value) low = middle + 1;
      else high = middle;
    }
    found.splice(low, 0, index);
    if (found.length > most) found.pop();
  }
  return found;
}
