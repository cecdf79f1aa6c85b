/** What the thread of `openShardFeed` is given and answers. A number sent to it asks for batches. */
import type { LlmErrorOptions } from '@llm/core';
import type { BatchFeedOptions, FeedBatch, FeedPosition } from '../feed/batch-feed.js';

export interface ShardFeedTask {
  readonly directory: string;
  readonly options: BatchFeedOptions;
  readonly position?: FeedPosition | undefined;
}

export type ShardFeedReply =
  | { readonly kind: 'open'; readonly position: FeedPosition }
  | { readonly kind: 'batch'; readonly given: FeedBatch; readonly position: FeedPosition }
  | { readonly kind: 'error'; readonly error: LlmErrorOptions };
