/**
 * A batch feed over token shards whose reading and packing happen in a thread of their own, some batches
 * ahead of the training. The thread makes a batch only when one was taken (back-pressure), and each batch
 * carries the position after it, so that what was prepared but not trained on is not counted.
 */
import { Worker } from 'node:worker_threads';
import { LlmError, type LlmErrorOptions, type Tokenizer } from '@llm/core';
import type { BatchFeed, BatchFeedOptions, FeedBatch, FeedPosition } from '../feed/batch-feed.js';
import { bosTokenOf, type DocumentStart } from '../feed/bos-token.js';
import type { ShardFeedReply, ShardFeedTask } from './shard-feed-protocol.js';
import { readManifest } from './token-shards/manifest.js';
import { checkTokenizer } from './token-shards/open-token-shards.js';

export interface ShardFeedOptions extends Omit<BatchFeedOptions, 'bosToken'>, DocumentStart {
  /** The one the shards were written with. */
  readonly tokenizer: Tokenizer;
  /** Where to go on, from a checkpoint. Default: the beginning. */
  readonly position?: FeedPosition | undefined;
  /** Batches made ahead. Default 4. */
  readonly prefetch?: number | undefined;
  /** Aborting ends the thread; a batch that is waited for is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ShardFeed extends BatchFeed {
  /** Batches that lie ready. */
  readonly ready: number;
}

/**
 * Throws `model/token-shards-invalid`, `model/tokenizer-mismatch`, `model/feed-position-mismatch` or
 * `model/no-training-text`.
 */
export async function openShardFeed(directory: string, options: ShardFeedOptions): Promise<ShardFeed> {
  const { tokenizer, position, prefetch = 4, signal, ...feed } = options;
  signal?.throwIfAborted();
  checkTokenizer(directory, await readManifest(directory), tokenizer);
  const task: ShardFeedTask = {
    directory,
    options: { ...feed, bosToken: bosTokenOf(tokenizer, options) },
    position,
  };
  const opened = new ThreadFeed(task, Math.max(1, prefetch), signal);
  await opened.start();
  return opened;
}

class ThreadFeed implements ShardFeed {
  readonly rows: number;
  readonly columns: number;
  readonly #worker: Worker;
  readonly #prefetch: number;
  readonly #ready: { readonly given: FeedBatch; readonly position: FeedPosition }[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#fail(this.#signal!.reason);
  #position: FeedPosition | undefined;
  #failure: { readonly reason: unknown } | undefined;
  /** Called when something arrived. */
  #waiting: (() => void)[] = [];

  constructor(task: ShardFeedTask, prefetch: number, signal: AbortSignal | undefined) {
    this.rows = task.options.rows;
    this.columns = task.options.columns;
    this.#prefetch = prefetch;
    this.#signal = signal;
    // On sources the thread is TypeScript too and needs a loader.
    const isSource = import.meta.url.endsWith('.ts');
    this.#worker = new Worker(
      new URL(isSource ? './shard-feed-thread-source.mjs' : './shard-feed-thread.js', import.meta.url),
      {
        workerData: task,
        execArgv: isSource ? ['--conditions=@llm/source'] : undefined,
      },
    );
    this.#worker.on('message', (reply: ShardFeedReply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(closedError()));
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async start(): Promise<void> {
    while (this.#position === undefined) await this.#arrival();
    this.#worker.postMessage(this.#prefetch);
  }

  get position(): FeedPosition {
    return this.#position!;
  }

  get ready(): number {
    return this.#ready.length;
  }

  async next(): Promise<FeedBatch> {
    this.#throwFailure();
    while (this.#ready.length === 0) await this.#arrival();
    const { given, position } = this.#ready.shift()!;
    this.#position = position;
    this.#worker.postMessage(1);
    return given;
  }

  async close(): Promise<void> {
    this.#fail(closedError());
    await this.#worker.terminate();
  }

  /** Waiting keeps the process alive; a feed that nobody asks does not. */
  async #arrival(): Promise<void> {
    this.#throwFailure();
    this.#worker.ref();
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    if (this.#waiting.length === 0) this.#worker.unref();
    this.#throwFailure();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  #receive(reply: ShardFeedReply): void {
    if (reply.kind === 'open') this.#position = reply.position;
    else if (reply.kind === 'batch') this.#ready.push(reply);
    else this.#fail(new LlmError(reply.error));
    this.#wake();
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#wake();
    this.#worker.unref();
    void this.#worker.terminate();
  }
}

const closedError = (): LlmError =>
  new LlmError({
    code: 'model/feed-closed',
    message: 'The feed was closed. Open another one.',
  } satisfies LlmErrorOptions);
