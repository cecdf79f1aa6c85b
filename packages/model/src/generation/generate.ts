/**
 * Continues many prompts together. Equal prompts are read once; every row has its own position, so prompts of
 * different lengths and tool answers forced into some rows need no alignment; a finished row leaves the batch at once.
 * Left out: speculative decoding, prefix sharing beyond whole prompts.
 */
import {
  type Completion,
  createRandom,
  type GenerateOptions,
  LlmError,
  type Random,
  throwIfAborted,
} from '@llm/core';
import type { HostTensor } from '@llm/graph';
import type { ModelConfig } from '../model-config.js';
import { type SamplingOptions, sampleToken } from '../sample-token.js';
import { KeyValueCache } from './key-value-cache.js';
import { penalizeRepetition } from './repetition-penalty.js';

/** Runs the decode graph, with a cache or without. */
export type DecodeRun = (
  cached: boolean,
  feeds: Readonly<Record<string, HostTensor>>,
) => Promise<Record<string, HostTensor>>;

export interface TransformerGenerateOptions extends GenerateOptions, Pick<SamplingOptions, 'minP'> {
  /** Above 1: tokens of the prompt and of the text so far become less likely (CTRL, on logits). Default 1. */
  readonly repetitionPenalty?: number;
}

interface Row {
  readonly index: number;
  readonly random: Random;
  /** Distinct ids of prompt and continuation; kept only when repetition is penalised. */
  readonly seen: Set<number> | undefined;
  readonly promptLength: number;
  /** Tokens the model has not read yet. */
  pending: number[];
  readonly ids: number[];
  readonly logProbabilities: number[];
  readonly forced: number[];
  stopReason: Completion['stopReason'] | undefined;
}

/** Memory for one batch's cache; more prompts than fit are continued one batch after the other. */
const cacheBytes = 2 ** 29;

export async function generate(
  config: ModelConfig,
  run: DecodeRun,
  prompts: readonly Int32Array[],
  options: TransformerGenerateOptions,
): Promise<Completion[]> {
  for (const [index, prompt] of prompts.entries()) checkPrompt(config, prompt, index);
  const longest = prompts.reduce((most, prompt) => Math.max(most, prompt.length), 0);
  const tokens = Math.min(config.contextLength, longest + options.maxNewTokens);
  const rowBytes = 8 * config.depth * config.keyValueHeads * config.headWidth * (tokens + 32);
  const batch = Math.max(1, Math.floor(cacheBytes / rowBytes));
  const completions: Completion[] = [];
  for (let first = 0; first < prompts.length; first += batch)
    completions.push(
      ...(await generateBatch(config, run, prompts.slice(first, first + batch), first, options)),
    );
  return completions;
}

async function generateBatch(
  config: ModelConfig,
  run: DecodeRun,
  prompts: readonly Int32Array[],
  firstIndex: number,
  options: TransformerGenerateOptions,
): Promise<Completion[]> {
  const rows = prompts.map(
    (prompt, index): Row => ({
      index: firstIndex + index,
      random: createRandom(options.seed ?? 0, 'generate', firstIndex + index),
      seen: (options.repetitionPenalty ?? 1) === 1 ? undefined : new Set(prompt),
      promptLength: prompt.length,
      pending: [],
      ids: [],
      logProbabilities: [],
      forced: [],
      stopReason:
        options.maxNewTokens < 1 ? 'length' : prompt.length >= config.contextLength ? 'context' : undefined,
    }),
  );
  const active = rows.filter((row) => row.stopReason === undefined);
  const cache = new KeyValueCache(config, active.length);
  await readPrompts(
    config,
    run,
    active.map((row) => prompts[row.index - firstIndex]!),
    cache,
    (row, scores, logSum) => advance(config, active[row]!, scores, logSum, options),
    options.signal,
  );
  for (;;) {
    for (let row = active.length - 1; row >= 0; row--) {
      if (active[row]!.stopReason === undefined) continue;
      cache.remove(row);
      active[row] = active.at(-1)!;
      active.pop();
    }
    if (active.length === 0) break;
    throwIfAborted(options.signal);
    // As many tokens as every row still has to read: no padding, and a lone row reads a forced text at once.
    const time = active.reduce((least, row) => Math.min(least, row.pending.length), Number.POSITIVE_INFINITY);
    const outputs = await run(true, {
      ...cache.feeds(),
      ...tokenFeeds(
        active.map((row) => row.pending.slice(0, time)),
        cache.lengths,
      ),
    });
    const scores = outputs.logProbabilities!.data as Float32Array;
    for (const [index, row] of active.entries()) {
      cache.append(index, outputs, index, time);
      row.pending = row.pending.slice(time);
      if (row.pending.length === 0)
        advance(
          config,
          row,
          scores.subarray(index * config.vocabularySize, (index + 1) * config.vocabularySize),
          outputs.logSum!.data[index] as number,
          options,
        );
    }
  }
  return rows.map((row) => ({
    ids: Int32Array.from(row.ids),
    logProbabilities: Float32Array.from(row.logProbabilities),
    forced: Uint8Array.from(row.forced),
    stopReason: row.stopReason!,
  }));
}

/** Reads each distinct prompt once, fills the cache of every row with it and calls `onScores` per row. */
async function readPrompts(
  config: ModelConfig,
  run: DecodeRun,
  prompts: readonly Int32Array[],
  cache: KeyValueCache,
  onScores: (row: number, scores: Float32Array, logSum: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const numbers = new Map<string, number>();
  const distinct: Int32Array[] = [];
  const numberOf = prompts.map((prompt) => {
    const key = prompt.join(' ');
    let number = numbers.get(key);
    if (number === undefined) {
      number = distinct.push(prompt) - 1;
      numbers.set(key, number);
    }
    return number;
  });
  if (distinct.length === 0) return;
  throwIfAborted(signal);
  const outputs = await run(false, tokenFeeds(distinct, new Array<number>(distinct.length).fill(0)));
  const scores = outputs.logProbabilities!.data as Float32Array;
  cache.reserve(distinct.reduce((most, prompt) => Math.max(most, prompt.length), 0));
  for (const [row, number] of numberOf.entries()) {
    cache.append(row, outputs, number, distinct[number]!.length);
    const own = scores.subarray(number * config.vocabularySize, (number + 1) * config.vocabularySize);
    onScores(row, own, outputs.logSum!.data[number] as number);
  }
}

/** Rows of new tokens, padded at their ends, each starting at its own position. */
function tokenFeeds(
  tokens: readonly ArrayLike<number>[],
  starts: readonly number[],
): Record<string, HostTensor> {
  const rows = tokens.length;
  const time = tokens.reduce((most, row) => Math.max(most, row.length), 0);
  const ids = new Int32Array(rows * time);
  const positions = new Int32Array(rows * time);
  for (const [row, list] of tokens.entries()) {
    ids.set(list, row * time);
    for (let i = 0; i < time; i++) positions[row * time + i] = starts[row]! + i;
  }
  return {
    tokens: { type: 'int32', shape: [rows, time], data: ids },
    positions: { type: 'int32', shape: [rows, time], data: positions },
    last: {
      type: 'int32',
      shape: [rows],
      data: Int32Array.from(tokens, (list, row) => row * time + list.length - 1),
    },
  };
}

/** Samples a row's next token from its log-probabilities, appends what is forced after it, and sees whether it ends. */
function advance(
  config: ModelConfig,
  row: Row,
  scores: Float32Array,
  logSum: number,
  options: TransformerGenerateOptions,
): void {
  const room = (): boolean =>
    row.ids.length < options.maxNewTokens && row.promptLength + row.ids.length < config.contextLength;
  const append = (id: number, logProbability: number, forced: 0 | 1): void => {
    row.ids.push(id);
    row.logProbabilities.push(logProbability);
    row.forced.push(forced);
    row.pending.push(id);
    row.seen?.add(id);
    options.onToken?.(row.index, id);
  };
  const penalty = options.repetitionPenalty ?? 1;
  const usable = row.seen
    ? penalizeRepetition(
        scores.map((score) => score + logSum),
        row.seen,
        penalty,
      )
    : scores;
  const id = sampleToken(usable, options, row.random);
  append(id, scores[id]!, 0);
  if (options.stopTokens?.includes(id)) {
    row.stopReason = 'stop';
    return;
  }
  for (const forced of Array.from(options.forceTokens?.(row.index, row.ids) ?? []))
    if (room()) append(forced, 0, 1);
  if (row.ids.length >= options.maxNewTokens) row.stopReason = 'length';
  else if (!room()) row.stopReason = 'context';
}

function checkPrompt({ contextLength, vocabularySize }: ModelConfig, prompt: Int32Array, row: number): void {
  const fail = (code: string, message: string): never => {
    throw new LlmError({ code, message, details: { row, length: prompt.length } });
  };
  if (prompt.length === 0) fail('model/prompt-empty', `Prompt ${row} is empty; begin it with the BOS token.`);
  if (prompt.length > contextLength)
    fail(
      'model/prompt-too-long',
      `Prompt ${row} has ${prompt.length} tokens but the model's window is ${contextLength}. Shorten it.`,
    );
  const position = prompt.findIndex((id) => id < 0 || id >= vocabularySize);
  if (position >= 0)
    fail(
      'model/token-out-of-range',
      `Prompt ${row} holds the id ${prompt[position]} at position ${position}; ids are 0 to ${vocabularySize - 1}. Use the tokenizer the model was trained with.`,
    );
}
