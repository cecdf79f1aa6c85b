/**
 * Next-token training on documents or a feed, by the one training loop of `@llm/core/training`. Documents are
 * packed from the seed alone and a feed has a position, so that a restored model continues to the bit.
 */
import {
  checkNumber,
  emit,
  type JsonValue,
  LlmError,
  type Tokenizer,
  type TrainableModel,
  throwIfAborted,
} from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { copiedIds } from '../copying/copying-rows.js';
import { bitsPerByte } from '../evaluation/bits-per-byte.js';
import { type BatchFeed, type FeedPosition, PackedBatchFeed } from '../feed/batch-feed.js';
import { bosTokenOf, type DocumentStart } from '../feed/bos-token.js';
import { CopyingFeed } from '../feed/copying-feed.js';
import { NoisyFeed } from '../feed/noisy-feed.js';
import { documentsInMemory } from '../feed/token-documents.js';

/** Documents in memory. After a restore their batches are found by counting `model.stepsTaken` of them. */
export interface PretrainDocuments {
  /** Texts; or `tokens` instead. */
  readonly documents?: Iterable<string> | AsyncIterable<string> | undefined;
  /** Documents as ids, without BOS. */
  readonly tokens?: readonly Int32Array[] | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Order of the documents. Default 0. */
  readonly seed?: number | string | undefined;
  /**
   * How many documents wait for a place they fit. Default 1000: of fewer documents, each longer than a row,
   * all beginnings are learnt before all that follows them; 16 mixes them.
   */
  readonly lookahead?: number | undefined;
  /** Attend only within a document. Default false: nanochat found no gain, and it costs time. */
  readonly separateDocuments?: boolean | undefined;
  /**
   * Share of the rows that are random tokens read again and again instead, of which only the repeats are
   * learnt: what copies (see `copyingStart`) is kept. Default 0.
   */
  readonly copyingShare?: number | undefined;
  /**
   * Share of the inputs that are replaced by other tokens of the batch, 0 to 1: for a small text that is read
   * many times (see `NoisyFeed`); 0.1 is a good beginning. Default 0.
   */
  readonly inputNoise?: number | undefined;
}

/** Batches from a feed, say `openShardFeed` of `@llm/model/node`, opened at a checkpoint's position. */
export interface PretrainFeed {
  /** Not closed by `pretrain`. */
  readonly feed: BatchFeed;
}

export interface PretrainLoopOptions extends Omit<TrainingOptions, 'onCheckpoint'>, DocumentStart {
  readonly model: TrainableModel;
  readonly tokenizer: Tokenizer;
  /** Held-out texts: measured in bits per byte (`bits_per_byte`) where no `evaluate` says otherwise. */
  readonly heldOut?: readonly string[] | undefined;
  /** Save the model and the position together. */
  readonly onCheckpoint?: PretrainCheckpointHook | undefined;
}

export type PretrainCheckpointHook = (
  step: number,
  feedPosition: FeedPosition,
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback that returns nothing is as good
) => Promise<string | void> | string | void;

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
  /** Of the last measurement. */
  readonly bitsPerByte: number | undefined;
}

/**
 * Throws `model/no-training-text` when the documents hold no token, `model/vocabulary-mismatch` when the
 * tokenizer has ids that the model has not, and `model/training-diverged` when the loss is no number any more
 * or explodes (`maximumLossRise`, default 2). The last carries the step, the batch (`feedPosition` before it
 * and the `documents` in it) and `lastGoodCheckpoint`: the step of the newest checkpoint from before the loss
 * rose, null when there is none.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainReport> {
  const { model, tokenizer, heldOut, signal, onEvent, stage = 'pretrain' } = options;
  if (tokenizer.vocabularySize > model.vocabularySize)
    throw new LlmError({
      code: 'model/vocabulary-mismatch',
      message: `The tokenizer has ids up to ${tokenizer.vocabularySize - 1}, the model only ${model.vocabularySize} rows for them. Use the tokenizer the model was made for.`,
      details: { tokenizer: tokenizer.vocabularySize, model: model.vocabularySize },
    });
  const feed = 'feed' in options ? options.feed : await feedOfDocuments(options);
  const { rows, columns } = feed;
  const { bosToken } = options;
  const first = model.stepsTaken;
  const { batches } = feed.position;
  if (first > 0 && batches !== first)
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'model/feed-position-differs',
      message: `The model has taken ${first} steps, the feed stands after batch ${batches}. To continue a run, open the feed at the feedPosition of the model's checkpoint.`,
    });
  const measure =
    heldOut &&
    (async () => ({
      bits_per_byte: await bitsPerByte(model, tokenizer, heldOut, { rows, columns, bosToken, signal }),
    }));
  const { steps, positions, seconds, trainingSeconds, loss, evaluations } = await runTrainingLoop({
    ...options,
    stage,
    evaluate: options.evaluate ?? measure,
    onCheckpoint: options.onCheckpoint && ((step) => options.onCheckpoint?.(step, feed.position)),
    batch: async () => {
      const { position } = feed;
      const { batch, documents } = await feed.next();
      return {
        batch,
        origin: {
          description: describe(position, documents),
          details: { documents, feedPosition: position as unknown as JsonValue },
        },
      };
    },
    summary: (report) => ({
      tokens: report.positions,
      loss: report.losses.length > 0 ? report.loss : null,
      ...[...report.evaluations.values()].at(-1),
    }),
  });
  return {
    steps: Math.max(0, steps - first),
    tokens: positions,
    seconds,
    tokensPerSecond: positions === 0 ? 0 : positions / trainingSeconds,
    loss,
    bitsPerByte: [...evaluations.values()].at(-1)?.bits_per_byte,
  };
}

function describe({ batches }: FeedPosition, documents: readonly number[]): string {
  const more = documents.length > 8 ? ` and ${documents.length - 8} more` : '';
  return `batch ${batches + 1} of the feed (documents ${documents.slice(0, 8).join(', ')}${more})`;
}

async function feedOfDocuments(options: PretrainLoopOptions & PretrainDocuments): Promise<BatchFeed> {
  const { model, tokenizer, rows, columns, seed = 0, separateDocuments = false, signal, lookahead } = options;
  const { copyingShare = 0, inputNoise = 0 } = options;
  const ids = options.tokens ?? (await encodeAll(options.documents ?? [], tokenizer, signal));
  const bosToken = bosTokenOf(tokenizer, options);
  const pages = new PackedBatchFeed(documentsInMemory(ids), {
    rows,
    columns,
    bosToken,
    seed,
    lookahead,
    separateDocuments,
  });
  pages.skip(model.stepsTaken);
  checkNumber('copyingShare', copyingShare, { minimum: 0, maximum: 1 });
  checkNumber('inputNoise', inputNoise, { minimum: 0, maximum: 1 });
  const feed = inputNoise === 0 ? pages : new NoisyFeed(pages, { share: inputNoise, seed, bosToken });
  if (copyingShare === 0) return feed;
  return new CopyingFeed(feed, { share: copyingShare, ids: copiedIds(tokenizer), seed });
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
