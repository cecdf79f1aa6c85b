/**
 * Next-token training on documents. The loop is a pure function of its options and the step: it starts at
 * `model.stepsTaken` and draws the rows of step s from (seed, s) alone, so that a restored model continues to the bit.
 */
import {
  emit,
  LlmError,
  type RunOptions,
  type TokenBatch,
  type Tokenizer,
  type TrainableModel,
  throwIfAborted,
} from '@llm/core';
import { bitsPerByte, findBosToken } from './bits-per-byte.js';
import { type LearningRateSchedule, learningRateAt } from './learning-rate-schedule.js';
import { type PackedRows, packDocuments } from './pack-documents.js';

export interface PretrainOptions extends RunOptions {
  readonly model: TrainableModel;
  readonly tokenizer: Tokenizer;
  /** Texts; or `tokens` instead. */
  readonly documents?: Iterable<string> | AsyncIterable<string>;
  /** Documents as ids, without BOS. */
  readonly tokens?: readonly Int32Array[];
  /** The step at which training ends, steps already taken included. */
  readonly steps: number;
  readonly rows: number;
  readonly columns: number;
  readonly schedule: LearningRateSchedule | ((step: number) => number);
  /** Order of the documents. Default 0. */
  readonly seed?: number | string;
  /** Attend only within a document (block-diagonal mask). Default false: nanochat found no gain, and it costs time. */
  readonly separateDocuments?: boolean;
  /** Held-out texts, scored every `evaluateEvery` steps and at the end. */
  readonly heldOut?: readonly string[];
  /** Default: only at the end. */
  readonly evaluateEvery?: number;
  /** Calls `onCheckpoint` after every so many steps, and after the last. Default: only after the last. */
  readonly saveEvery?: number;
  readonly onCheckpoint?: (step: number) => Promise<void> | void;
  /** Stage name in events. Default `pretrain`. */
  readonly stage?: string;
}

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
 * Throws `model/no-training-text` when the documents hold no token, and `model/training-diverged` with the step and the
 * last checkpoint's step when the loss stops being a number.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainReport> {
  const { model, tokenizer, steps, rows, columns, seed = 0, signal, onEvent, stage = 'pretrain' } = options;
  const documents = options.tokens ?? (await encodeAll(options.documents ?? [], tokenizer, signal));
  const feed = createBatchFeed({ documents, bosToken: findBosToken(tokenizer), rows, columns, seed });
  const rateAt =
    typeof options.schedule === 'function'
      ? options.schedule
      : learningRateAt.bind(undefined, options.schedule);
  emit(onEvent, { type: 'stage-start', stage, total: steps });

  const started = Date.now();
  const first = model.stepsTaken;
  let lastCheckpoint: number | undefined;
  let trainingMilliseconds = 0;
  let evaluated: number | undefined;
  const recent: number[] = [];
  const evaluate = async (step: number): Promise<void> => {
    if (!options.heldOut) return;
    evaluated = await bitsPerByte(model, tokenizer, options.heldOut, {
      rows,
      columns,
      ...(signal ? { signal } : {}),
    });
    emit(onEvent, { type: 'metric', stage, step, values: { bitsPerByte: evaluated } });
  };
  for (let step = first; step < steps; step++) {
    throwIfAborted(signal);
    const learningRate = rateAt(step);
    const begun = performance.now();
    const batch = feed.batch(step, options.separateDocuments ?? false);
    const result = await model.trainStep(batch, { learningRate }).catch((cause: unknown) => {
      throw diverged(cause, step, lastCheckpoint ?? (first > 0 ? first : undefined));
    });
    const milliseconds = performance.now() - begun;
    trainingMilliseconds += milliseconds;
    recent.push(result.loss);
    if (recent.length > 20) recent.shift();
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
    const last = done === steps;
    // Saved before it is evaluated: a failing evaluation must not cost the run.
    if (last || (options.saveEvery !== undefined && done % options.saveEvery === 0)) {
      await options.onCheckpoint?.(done);
      lastCheckpoint = done;
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
    loss: recent.reduce((sum, loss) => sum + loss, 0) / recent.length,
    bitsPerByte: evaluated,
  };
  emit(onEvent, {
    type: 'stage-end',
    stage,
    summary: { ...report, loss: recent.length > 0 ? report.loss : null, bitsPerByte: evaluated ?? null },
  });
  return report;
}

function diverged(cause: unknown, step: number, lastCheckpoint: number | undefined): unknown {
  if (!LlmError.isInstance(cause) || cause.code !== 'model/loss-not-finite') return cause;
  const from =
    lastCheckpoint === undefined
      ? 'There is no checkpoint yet'
      : `The last checkpoint is of step ${lastCheckpoint}`;
  return new LlmError({
    code: 'model/training-diverged',
    message: `Training stopped at step ${step + 1}. ${cause.message} ${from}.`,
    details: { ...cause.details, step: step + 1, lastCheckpoint: lastCheckpoint ?? null },
    cause,
  });
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

export interface BatchFeedOptions {
  /** Ids without BOS. */
  readonly documents: readonly Int32Array[];
  readonly bosToken: number;
  readonly rows: number;
  readonly columns: number;
  readonly seed: number | string;
}

export interface BatchFeed {
  /** The batch of a step, counted from 0; epochs follow each other without a gap. */
  batch(step: number, withSegments: boolean): TokenBatch;
}

/** Throws `model/no-training-text`. Epochs are packed when they are reached; asking in order packs each once. */
export function createBatchFeed({ documents, bosToken, rows, columns, seed }: BatchFeedOptions): BatchFeed {
  if (documents.every((ids) => ids.length === 0))
    throw new LlmError({
      code: 'model/no-training-text',
      message: `The ${documents.length} training documents hold no token. Check the data stage's report for what was dropped.`,
      details: { documents: documents.length },
    });
  /** First row of each epoch reached so far. */
  const starts = [0];
  let packed: { readonly epoch: number; readonly rows: PackedRows } | undefined;
  const epochRows = (epoch: number): PackedRows => {
    if (packed?.epoch !== epoch)
      packed = { epoch, rows: packDocuments(documents, { columns, bosToken, seed, epoch }) };
    starts[epoch + 1] = starts[epoch]! + packed.rows.rows;
    return packed.rows;
  };
  const locate = (row: number): { source: PackedRows; at: number } => {
    let epoch = 0;
    while (row >= (starts[epoch + 1] ?? starts[epoch]! + epochRows(epoch).rows)) epoch++;
    return { source: epochRows(epoch), at: row - starts[epoch]! };
  };
  return {
    batch(step, withSegments) {
      const inputs = new Int32Array(rows * columns);
      const targets = new Int32Array(rows * columns);
      const weights = new Float32Array(rows * columns);
      const segments = new Int32Array(rows * columns);
      let normalizer = 0;
      for (let row = 0; row < rows; row++) {
        const { source, at } = locate(step * rows + row);
        const from = at * (columns + 1);
        inputs.set(source.tokens.subarray(from, from + columns), row * columns);
        targets.set(source.tokens.subarray(from + 1, from + columns + 1), row * columns);
        segments.set(source.segments.subarray(from, from + columns), row * columns);
        const predicted = source.lengths[at]! - 1;
        weights.fill(1, row * columns, row * columns + predicted);
        normalizer += predicted;
      }
      const batch = { rows, columns, inputs, targets, weights, normalizer: Math.max(1, normalizer) };
      return withSegments ? { ...batch, segments } : batch;
    },
  };
}
