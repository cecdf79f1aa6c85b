/**
 * Batches of packed rows with an exact position: a feed opened at a saved position gives the batches that an
 * uninterrupted one would have given, to the bit, in whatever process.
 */
import { LlmError, type TokenBatch } from '@llm/core';
import { RowPacker, type RowPackerOptions, type RowPackerState } from './row-packer.js';
import type { TokenDocuments } from './token-documents.js';

export interface BatchFeedOptions extends RowPackerOptions {
  readonly rows: number;
  /** What begins every document; null: nothing. */
  readonly bosToken: number | null;
  /** Gives `segments`: attention within a document only. Default false: it costs time and gains nothing. */
  readonly separateDocuments?: boolean | undefined;
}

/** Where a feed stands, as JSON of a few kilobytes: keep it in the checkpoint. */
export interface FeedPosition extends RowPackerState {
  readonly kind: 'llm-feed-position';
  readonly version: 1;
  /** Documents and options it belongs to. */
  readonly feed: string;
  /** Batches given so far. */
  readonly batches: number;
}

export interface FeedBatch {
  readonly batch: TokenBatch;
  /** Numbers of the documents that have a part in it, ascending. */
  readonly documents: readonly number[];
}

export interface BatchFeed {
  readonly rows: number;
  readonly columns: number;
  /** After the last batch that was given. */
  readonly position: FeedPosition;
  /** Epochs follow each other without end. */
  next(): Promise<FeedBatch>;
  /** Frees files and threads. */
  close(): Promise<void>;
}

/** Reads on the calling thread; `openShardFeed` of `@llm/model/node` reads on another. */
export class PackedBatchFeed implements BatchFeed {
  readonly rows: number;
  readonly columns: number;
  readonly #documents: TokenDocuments;
  readonly #options: BatchFeedOptions;
  readonly #packer: RowPacker;
  readonly #name: string;
  #batches: number;

  /**
   * Throws `model/feed-options-invalid`, `model/no-training-text`, or `model/feed-position-mismatch` when the
   * position is of another feed.
   */
  constructor(documents: TokenDocuments, options: BatchFeedOptions, position?: FeedPosition) {
    this.rows = options.rows;
    this.columns = options.columns;
    this.#documents = documents;
    this.#options = options;
    const { rows, columns, seed, bosToken, lookahead = 1000, remainder = 'continue' } = options;
    this.#name = `${documents.identity}; ${JSON.stringify({ rows, columns, seed, bosToken, lookahead, remainder })}`;
    checkOptions({ rows, columns, lookahead });
    if (position !== undefined) checkPosition(position, this.#name);
    this.#packer = new RowPacker(
      documents.count,
      (document) => documents.length(document),
      options,
      position,
    );
    this.#batches = position?.batches ?? 0;
  }

  get position(): FeedPosition {
    return {
      kind: 'llm-feed-position',
      version: 1,
      feed: this.#name,
      batches: this.#batches,
      ...this.#packer.state,
    };
  }

  /** Passes over batches as if they had been given; reads nothing. */
  skip(batches: number): void {
    for (let row = 0; row < batches * this.rows; row++) this.#packer.next();
    this.#batches += batches;
  }

  async next(): Promise<FeedBatch> {
    return this.read();
  }

  /** The next batch at once. */
  read(): FeedBatch {
    const { rows, columns } = this;
    const inputs = new Int32Array(rows * columns);
    const targets = new Int32Array(rows * columns);
    const weights = new Float32Array(rows * columns);
    const segments = new Int32Array(rows * columns);
    const documents = new Set<number>();
    const row = new Int32Array(columns + 1);
    const pieces = new Int32Array(columns + 1);
    const { bosToken } = this.#options;
    let normalizer = 0;
    for (let index = 0; index < rows; index++) {
      const { placements, used } = this.#packer.next();
      row.fill(bosToken ?? 0);
      pieces.fill(placements.length);
      for (const [piece, { document, from, count, at, lead }] of placements.entries()) {
        const isLedByItsOwn = from > 0 && (at === 0 || bosToken === null);
        if (isLedByItsOwn) this.#documents.read(document, from - 1, count + 1, row, at);
        else this.#documents.read(document, from, count, row, at + lead);
        pieces.fill(piece, at, at + lead + count);
        documents.add(document);
      }
      const start = index * columns;
      inputs.set(row.subarray(0, columns), start);
      targets.set(row.subarray(1), start);
      segments.set(pieces.subarray(0, columns), start);
      weights.fill(1, start, start + used - 1);
      normalizer += used - 1;
      // A section ended, not its document, or nothing says that one ended: what follows is not to be learned.
      for (const { document, from, count, at, lead } of placements.slice(0, -1))
        if (bosToken === null || from + count < this.#documents.length(document)) {
          weights[start + at + lead + count - 1] = 0;
          normalizer--;
        }
    }
    this.#batches++;
    const batch = { rows, columns, inputs, targets, weights, normalizer: Math.max(1, normalizer) };
    return {
      batch: this.#options.separateDocuments ? { ...batch, segments } : batch,
      documents: [...documents].sort((a, b) => a - b),
    };
  }

  async close(): Promise<void> {}
}

function checkOptions(sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new LlmError({
        code: 'model/feed-options-invalid',
        message: `The feed's ${name} is ${value}; it must be a positive integer.`,
        details: { name, value: String(value) },
      });
}

function checkPosition(position: FeedPosition, feed: string): void {
  const { kind, version } = position as { kind: unknown; version: unknown };
  const whole =
    kind === 'llm-feed-position' &&
    version === 1 &&
    [position.batches, position.epoch, position.next].every(Number.isSafeInteger);
  if (whole && position.feed === feed) return;
  throw new LlmError({
    code: 'model/feed-position-mismatch',
    message: whole
      ? `The saved position belongs to another feed (${position.feed}) than this one (${feed}). Open it with the documents, batch shape and seed it was saved with, or start without a position.`
      : `The saved position is of kind ${JSON.stringify(kind)}, version ${JSON.stringify(version)}, not a "llm-feed-position" of version 1.`,
    details: { expected: feed, found: String(position.feed) },
  });
}
