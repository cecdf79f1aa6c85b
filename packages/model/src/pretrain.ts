/**
 * Next-token training on documents or a feed. The loop starts at `model.stepsTaken`; documents are packed from the seed
 * alone and a feed has a position, so that a restored model continues to the bit.
 */
import {
  emit,
  type JsonValue,
  LlmError,
  type RunOptions,
  type Tokenizer,
  type TrainableModel,
  throwIfAborted,
} from '@llm/core';
import { bitsPerByte, findBosToken } from './evaluation/bits-per-byte.js';
import { type BatchFeed, type FeedBatch, type FeedPosition, PackedBatchFeed } from './feed/batch-feed.js';
import { documentsInMemory } from './feed/token-documents.js';
import { type LearningRateSchedule, learningRateAt } from './learning-rate-schedule.js';
import { splitBatch } from './split-batch.js';
import { LossWatch } from './training/loss-watch.js';

/** Documents held in memory. After a restore their batches are found again by counting `model.stepsTaken` of them. */
export interface PretrainDocuments {
  /** Texts; or `tokens` instead. */
  readonly documents?: Iterable<string> | AsyncIterable<string> | undefined;
  /** Documents as ids, without BOS. */
  readonly tokens?: readonly Int32Array[] | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Order of the documents. Default 0. */
  readonly seed?: number | string | undefined;
  /** Attend only within a document (block-diagonal mask). Default false: nanochat found no gain, and it costs time. */
  readonly separateDocuments?: boolean | undefined;
}

/** Batches from a feed, for example `openShardFeed` of `@llm/model/node`, opened at the checkpoint's `feedPosition`. */
export interface PretrainFeed {
  /** Not closed by `pretrain`. */
  readonly feed: BatchFeed;
}

export interface PretrainLoopOptions extends RunOptions {
  readonly model: TrainableModel;
  readonly tokenizer: Tokenizer;
  /** The step at which training ends, steps already taken included. */
  readonly steps: number;
  readonly schedule: LearningRateSchedule | ((step: number) => number);
  /** Rows computed at a time; a step adds up their gradients (see `splitBatch`). Default: all. */
  readonly rowsAtOnce?: number | undefined;
  /** Held-out texts, scored every `evaluateEvery` steps and at the end. */
  readonly heldOut?: readonly string[] | undefined;
  /** Default: only at the end. */
  readonly evaluateEvery?: number | undefined;
  /** Calls `onCheckpoint` after every so many steps, and after the last. Default: only after the last. */
  readonly saveEvery?: number | undefined;
  /** Save the model and the position together. A returned key is announced as an `artifact` event. */
  readonly onCheckpoint?:
    | ((
        step: number,
        feedPosition: FeedPosition,
        // biome-ignore lint/suspicious/noConfusingVoidType: a callback that returns nothing is as good
      ) => Promise<string | void> | string | void)
    | undefined;
  /** After an evaluation, and after `onCheckpoint` of the same step. */
  readonly onEvaluation?: ((step: number, bitsPerByte: number) => Promise<void> | void) | undefined;
  /**
   * Training stops when the mean loss of the last 20 steps is more than this above the lowest such mean of this call,
   * in nats per token. Default 2; Infinity never stops.
   */
  readonly maximumLossRise?: number | undefined;
  /** Stage name in events. Default `pretrain`. */
  readonly stage?: string | undefined;
}

export type PretrainOptions = PretrainLoopOptions & (PretrainDocuments | PretrainFeed);

export interface PretrainReport {
  /** Steps taken by this call. */
  readonly steps: number;
  /** Tokens trained on by this call. */
  readonly tokens: number;
  readonly seconds: number;
  /** Training only, evaluation and checkpoints excluded. */
  readonly tokensPerSecond: number;
  /** Mean training loss of the last steps (at most 20), nats per token; NaN when no step was left to take. */
  readonly loss: number;
  readonly bitsPerByte: number | undefined;
}

/**
 * Throws `model/no-training-text` when the documents hold no token, `model/vocabulary-mismatch` when the tokenizer has ids
 * that the model has not, and `model/training-diverged` when the loss is no number any more or explodes. The last carries
 * the step, the batch (`feedPosition` before it and the `documents` in it) and `lastGoodCheckpoint`: the step of the newest
 * checkpoint from before the loss rose, null when there is none.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainReport> {
  const { model, tokenizer, steps, signal, onEvent, stage = 'pretrain' } = options;
  if (tokenizer.vocabularySize > model.vocabularySize)
    throw new LlmError({
      code: 'model/vocabulary-mismatch',
      message: `The tokenizer has ids up to ${tokenizer.vocabularySize - 1}, the model only ${model.vocabularySize} rows for them. Use the tokenizer the model was made for.`,
      details: { tokenizer: tokenizer.vocabularySize, model: model.vocabularySize },
    });
  const feed = 'feed' in options ? options.feed : await feedOfDocuments(options);
  const { rows, columns } = feed;
  const rateAt =
    typeof options.schedule === 'function'
      ? options.schedule
      : learningRateAt.bind(undefined, options.schedule);
  emit(onEvent, { type: 'stage-start', stage, total: steps });

  const started = Date.now();
  const first = model.stepsTaken;
  const { batches } = feed.position;
  if (first > 0 && batches !== first)
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'model/feed-position-differs',
      message: `The model has taken ${first} steps, the feed stands after batch ${batches}. To continue a run, open the feed at the feedPosition of the model's checkpoint.`,
    });
  const watch = new LossWatch(options.maximumLossRise ?? 2);
  let lastGoodCheckpoint = first > 0 ? first : undefined;
  let trainingMilliseconds = 0;
  let evaluated: number | undefined;
  const evaluate = async (step: number): Promise<void> => {
    if (!options.heldOut) return;
    evaluated = await bitsPerByte(model, tokenizer, options.heldOut, {
      rows,
      columns,
      ...(signal ? { signal } : {}),
    });
    emit(onEvent, { type: 'metric', stage, step, values: { bitsPerByte: evaluated } });
    await options.onEvaluation?.(step, evaluated);
  };
  for (let step = first; step < steps; step++) {
    throwIfAborted(signal);
    const learningRate = rateAt(step);
    const begun = performance.now();
    const feedPosition = feed.position;
    const { batch, documents } = await feed.next();
    const diverged = (cause: { readonly what: string; readonly error?: LlmError | undefined }): LlmError =>
      divergence({ ...cause, step: step + 1, feedPosition, documents, lastGoodCheckpoint });
    const parts = options.rowsAtOnce === undefined ? batch : splitBatch(batch, options.rowsAtOnce);
    const result = await model.trainStep(parts, { learningRate }).catch((error: unknown) => {
      if (!LlmError.isInstance(error) || error.code !== 'model/loss-not-finite') throw error;
      throw diverged({ what: error.message, error });
    });
    const milliseconds = performance.now() - begun;
    trainingMilliseconds += milliseconds;
    const trend = watch.add(result.loss);
    const done = step + 1;
    emit(onEvent, { type: 'progress', stage, done, total: steps, unit: 'steps' });
    emit(onEvent, {
      type: 'metric',
      stage,
      step: done,
      values: {
        loss: result.loss,
        gradientNorm: result.gradientNorm,
        learningRate,
        tokensPerSecond: (rows * columns * 1000) / milliseconds,
        ...result.metrics,
      },
    });
    if (trend === 'exploding') {
      const what = `The loss explodes: ${result.loss.toPrecision(4)}, and ${watch.mean.toPrecision(4)} over the last steps after ${watch.lowest.toPrecision(4)}. Lower the learning rate (now ${learningRate}) or look at the batch; \`maximumLossRise\` sets the limit.`;
      throw diverged({ what });
    }
    const last = done === steps;
    // Saved before it is evaluated: a failing evaluation must not cost the run.
    if (last || (options.saveEvery !== undefined && done % options.saveEvery === 0)) {
      const key = await options.onCheckpoint?.(done, feed.position);
      if (typeof key === 'string') emit(onEvent, { type: 'artifact', stage, key, kind: 'checkpoint' });
      if (options.onCheckpoint && trend === 'falling') lastGoodCheckpoint = done;
    }
    if (last || (options.evaluateEvery !== undefined && done % options.evaluateEvery === 0))
      await evaluate(done);
  }
  if (first >= steps) await evaluate(first);

  const taken = Math.max(0, steps - first);
  const report: PretrainReport = {
    steps: taken,
    tokens: taken * rows * columns,
    seconds: (Date.now() - started) / 1000,
    tokensPerSecond: taken === 0 ? 0 : (taken * rows * columns * 1000) / trainingMilliseconds,
    loss: watch.mean,
    bitsPerByte: evaluated,
  };
  emit(onEvent, {
    type: 'stage-end',
    stage,
    summary: { ...report, loss: taken > 0 ? report.loss : null, bitsPerByte: evaluated ?? null },
  });
  return report;
}

interface Divergence {
  readonly what: string;
  readonly error?: LlmError | undefined;
  readonly step: number;
  readonly feedPosition: FeedPosition;
  readonly documents: FeedBatch['documents'];
  readonly lastGoodCheckpoint: number | undefined;
}

function divergence({
  what,
  error,
  step,
  feedPosition,
  documents,
  lastGoodCheckpoint,
}: Divergence): LlmError {
  const shown = `${documents.slice(0, 8).join(', ')}${documents.length > 8 ? ` and ${documents.length - 8} more` : ''}`;
  const from =
    lastGoodCheckpoint === undefined
      ? 'There is no checkpoint from before'
      : `The last good checkpoint is of step ${lastGoodCheckpoint}`;
  return new LlmError({
    code: 'model/training-diverged',
    message: `Training stopped at step ${step}, batch ${feedPosition.batches + 1} of the feed (documents ${shown}). ${what} ${from}.`,
    details: {
      ...error?.details,
      step,
      documents,
      feedPosition: feedPosition as unknown as JsonValue,
      lastGoodCheckpoint: lastGoodCheckpoint ?? null,
    },
    ...(error ? { cause: error } : {}),
  });
}

async function feedOfDocuments(options: PretrainLoopOptions & PretrainDocuments): Promise<BatchFeed> {
  const { model, tokenizer, rows, columns, seed = 0, separateDocuments = false, signal } = options;
  const ids = options.tokens ?? (await encodeAll(options.documents ?? [], tokenizer, signal));
  const bosToken = findBosToken(tokenizer);
  const feed = new PackedBatchFeed(documentsInMemory(ids), {
    rows,
    columns,
    bosToken,
    seed,
    separateDocuments,
  });
  feed.skip(model.stepsTaken);
  return feed;
}

async function encodeAll(
  documents: Iterable<string> | AsyncIterable<string>,
  tokenizer: Tokenizer,
  signal: AbortSignal | undefined,
): Promise<Int32Array[]> {
  const all: Int32Array[] = [];
  for await (const text of documents) {
    throwIfAborted(signal);
    all.push(tokenizer.encode(text));
  }
  return all;
}
