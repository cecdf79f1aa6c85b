/**
 * Another feed whose batches are changed by chance. What is drawn follows from the seed and the number of the
 * batch alone, so that the feed's position says it all.
 */
import { createRandom, type Random, type TokenBatch } from '@llm/core';
import type { BatchFeed, FeedBatch, FeedPosition } from './batch-feed.js';

export abstract class ChangedFeed implements BatchFeed {
  /** `purpose`: keeps its chance apart from that of others of the same seed. */
  constructor(
    readonly pages: BatchFeed,
    readonly seed: number | string,
    readonly purpose: string,
  ) {}

  get rows(): number {
    return this.pages.rows;
  }

  get columns(): number {
    return this.pages.columns;
  }

  get position(): FeedPosition {
    return this.pages.position;
  }

  async next(): Promise<FeedBatch> {
    const random = createRandom(this.seed, this.purpose, this.position.batches);
    const { batch, documents } = await this.pages.next();
    return { batch: this.change(batch, random), documents };
  }

  close(): Promise<void> {
    return this.pages.close();
  }

  protected abstract change(batch: TokenBatch, random: Random): TokenBatch;
}
