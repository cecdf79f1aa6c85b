/**
 * What the model says about the tokens of a given text: `echo` with `logprobs`, which is how
 * lm-evaluation-harness scores over HTTP. A token is the most likely one exactly where its number equals the
 * greatest of the top, since both are read from the same logits.
 */
import { throwIfAborted } from '@llm/core';
import type { Transformer } from '@llm/model';
import type { ScoredToken } from '../answers/token-shapes.js';
import { invalidRequest } from '../api-error.js';

export interface PromptScoresOptions {
  /** So many of the most likely tokens are told at each position. */
  readonly top: number;
  /** Only ids below are among them: a model's vocabulary is often padded. */
  readonly drawable: number;
  /** Score what would come after the text too: one more token, the most likely one. */
  readonly next: boolean;
  /** Memory for logits, 4 · positions · vocabularySize. */
  readonly maximumBytes: number;
  readonly signal: AbortSignal;
}

/** One entry for each of `ids`, the first without a number, and one more with `next`. */
export async function promptScores(
  model: Transformer,
  ids: Int32Array,
  { top, drawable, next, maximumBytes, signal }: PromptScoresOptions,
): Promise<ScoredToken[]> {
  const { vocabularySize, contextLength } = model;
  const first: ScoredToken = { id: ids[0]!, logProbability: null, top: [] };
  const read = next ? ids : ids.subarray(0, -1);
  if (read.length === 0) return [first];
  if (read.length > contextLength) {
    const message = `The prompt has ${ids.length} tokens; the model's window holds ${contextLength}.`;
    throw invalidRequest('prompt', message, 'context_length_exceeded');
  }
  const columns = Math.min(contextLength, paddedLength(read.length));
  if (4 * columns * vocabularySize > maximumBytes) {
    const message = `Scoring ${ids.length} tokens takes ${4 * columns * vocabularySize} bytes; the server allows ${maximumBytes}.`;
    throw invalidRequest('prompt', message, 'prompt_too_long_to_score');
  }
  const inputs = new Int32Array(columns);
  inputs.set(read);
  const logits = await model.logits({ rows: 1, columns, inputs });
  const scored = [first];
  for (let position = 0; position < read.length; position++) {
    if (position % positionsAtOnce === 0) await otherWork(signal);
    const row = logits.subarray(position * vocabularySize, (position + 1) * vocabularySize);
    scored.push(scoreRow(row, ids[position + 1], Math.min(drawable, vocabularySize), top));
  }
  return scored;
}

/** Without an id, of the most likely one. */
function scoreRow(
  logits: Float32Array,
  given: number | undefined,
  drawable: number,
  top: number,
): ScoredToken {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) greatest = Math.max(greatest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - greatest);
  const logSum = greatest + Math.log(sum);
  const best = largest(logits.subarray(0, drawable), Math.max(1, top));
  const id = given ?? best[0]!;
  return {
    id,
    logProbability: logits[id]! - logSum,
    top: best.slice(0, top).map((each) => ({ id: each, logProbability: logits[each]! - logSum })),
  };
}

/** Ids of the greatest scores, falling; of equal ones the lower id first. */
function largest(scores: Float32Array, count: number): number[] {
  const found: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (const [id, score] of scores.entries()) {
    if (found.length >= count && score <= least) continue;
    const place = found.findIndex((each) => scores[each]! < score);
    found.splice(place < 0 ? found.length : place, 0, id);
    if (found.length > count) found.pop();
    least = scores[found.at(-1)!]!;
  }
  return found;
}

/** Positions scored before other requests have their turn. */
const positionsAtOnce = 128;

async function otherWork(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  throwIfAborted(signal);
}

/** 16, 24, 32, 48, 64, …: one compiled graph each, and at most a third of a row is padding. */
function paddedLength(length: number): number {
  let size = 16;
  for (; size < length; size *= 2) if (length <= size * 1.5) return size * 1.5;
  return size;
}
