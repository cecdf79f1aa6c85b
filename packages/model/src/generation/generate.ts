/**
 * Continues many prompts together. Equal prompts are read once; every row has its own position, so prompts of
 * different lengths and tool answers forced into some rows need no alignment; a finished row leaves the batch
 * at once. Left out: speculative decoding, prefix sharing beyond whole prompts.
 */
import { type Completion, checkGenerateOptions, checkNumbers, throwIfAborted } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { checkPrompt } from './check-prompt.js';
import { Continuation, drawableOf, firstScores, type RowScores, scoresNeeded } from './continuation.js';
import type { Decoder, DecoderBatch, NextTokenScores } from './decoder/decoder.js';
import type { TransformerGenerateOptions } from './generate-options.js';
import { checkSamplingOptions } from './sample-token.js';

/** Memory for one batch's cache; more prompts than fit are continued one batch after the other. */
const cacheBytes = 2 ** 29;

/** Prompts are read in pieces of at most so many tokens, and attention scores, in all rows together. */
const tokensAtOnce = 4096;
const scoresAtOnce = 2 ** 26;

export async function generate(
  config: ModelConfig,
  decoder: Decoder,
  prompts: readonly Int32Array[],
  options: TransformerGenerateOptions,
): Promise<Completion[]> {
  checkGenerateOptions(options);
  checkSamplingOptions(options);
  checkNumbers(options, { repetitionPenalty: { above: 0 } });
  for (const [index, prompt] of prompts.entries()) checkPrompt(config, prompt, index);
  const rows = prompts.map((prompt, index) => new Continuation(index, prompt, config, options));
  const longest = prompts.reduce((most, { length }) => Math.max(most, length), 0);
  const tokens = Math.min(config.contextLength, longest + options.maxNewTokens);
  const rowBytes = 8 * config.depth * config.keyValueHeads * config.headWidth * (tokens + 32);
  const size = Math.max(1, Math.floor(cacheBytes / rowBytes));
  const unfinished = [...rows.keys()].filter((index) => rows[index]!.stopReason === undefined);
  for (let first = 0; first < unfinished.length; first += size) {
    const chosen = unfinished.slice(first, first + size);
    const distinct = distinctPrompts(chosen.map((index) => prompts[index]!));
    const batch = decoder.begin(distinct.prompts.length, tokens);
    try {
      const active = chosen.map((index) => rows[index]!);
      await continueTogether(config, batch, distinct, active, options);
    } finally {
      batch.dispose();
    }
  }
  return rows.map((row) => row.completion());
}

interface DistinctPrompts {
  readonly prompts: readonly Int32Array[];
  /** For every row its prompt; a prompt's number is that of the first row that has it, without gaps. */
  readonly numbers: readonly number[];
}

function distinctPrompts(all: readonly Int32Array[]): DistinctPrompts {
  const known = new Map<string, number>();
  const prompts: Int32Array[] = [];
  const numbers = all.map((prompt) => {
    const key = prompt.join(' ');
    const number = known.get(key) ?? prompts.push(prompt) - 1;
    known.set(key, number);
    return number;
  });
  return { prompts, numbers };
}

async function continueTogether(
  config: ModelConfig,
  batch: DecoderBatch,
  { prompts, numbers }: DistinctPrompts,
  rows: readonly Continuation[],
  options: TransformerGenerateOptions,
): Promise<void> {
  const scores = await readPrompts(config, batch, prompts, options.signal);
  if (prompts.length < rows.length) await batch.select(numbers);
  for (const [row, number] of numbers.entries()) rows[row]!.advance(scores[number]!);
  const names = scoresNeeded(options);
  const drawn = names.includes('sampled');
  let active = [...rows];
  for (;;) {
    const kept = closedUp(active);
    if (kept.length < active.length) {
      active = kept.map((row) => active[row]!);
      if (active.length > 0) await batch.select(kept);
    }
    if (active.length === 0) return;
    throwIfAborted(options.signal);
    // As many tokens as every row still has to read: no padding, and a lone row reads a forced text at once.
    const time = Math.min(...active.map(({ pending }) => pending.length));
    const next = await batch.read(
      active.map(({ pending }) => pending.slice(0, time)),
      {
        names,
        temperature: drawn ? (options.temperature ?? 1) : 1,
        drawable: drawableOf(config, options),
        // A row that goes on reading draws nothing.
        uniform: active.map((row) => (drawn && row.pending.length === time ? row.uniform() : 0)),
      },
    );
    for (const [index, row] of active.entries()) {
      row.pending = row.pending.slice(time);
      if (row.pending.length === 0) row.advance(scoresOf(next, index, active.length));
    }
  }
}

/** Numbers of the rows that go on: the last ones take the places of those that ended. */
function closedUp(rows: readonly Continuation[]): number[] {
  const kept = [...rows.keys()];
  for (let row = rows.length - 1; row >= 0; row--) {
    if (rows[row]!.stopReason === undefined) continue;
    kept[row] = kept.at(-1)!;
    kept.pop();
  }
  return kept;
}

/** Reads every prompt, a piece at a time, and returns the scores after its last token. */
async function readPrompts(
  { heads, vocabularySize }: ModelConfig,
  batch: DecoderBatch,
  prompts: readonly Int32Array[],
  signal: AbortSignal | undefined,
): Promise<RowScores[]> {
  const scores: RowScores[] = [];
  const uniform = new Array<number>(prompts.length).fill(0);
  const longest = Math.max(...prompts.map(({ length }) => length));
  const together = Math.min(tokensAtOnce, scoresAtOnce / (heads * longest));
  const piece = Math.max(1, Math.floor(together / prompts.length));
  for (let start = 0; start < longest; start += piece) {
    throwIfAborted(signal);
    const next = await batch.read(
      prompts.map((prompt) => prompt.subarray(start, start + piece)),
      { names: firstScores, temperature: 1, drawable: vocabularySize, uniform },
    );
    for (const [row, { length }] of prompts.entries())
      if (length > start && length <= start + piece) scores[row] = scoresOf(next, row, prompts.length);
  }
  return scores;
}

function scoresOf(all: Partial<NextTokenScores>, row: number, rows: number): RowScores {
  const { logits, logSum, sampled, sampledLogProbability } = all;
  const size = (logits?.length ?? 0) / rows;
  return {
    logits: logits?.subarray(row * size, (row + 1) * size),
    logSum: logSum?.[row],
    sampled: sampled?.[row],
    sampledLogProbability: sampledLogProbability?.[row],
  };
}
