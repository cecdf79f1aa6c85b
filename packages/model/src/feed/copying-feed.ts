/**
 * Puts rows of random tokens that come again in the place of some rows of another feed, so that what a model
 * copies by is kept while it reads pages. Which rows, and what stands in them, is drawn from the seed and the
 * number of the batch: the feed's position says it all.
 */
import { createRandom } from '@llm/core';
import { copyingRow } from '../copying/copying-rows.js';
import type { BatchFeed, FeedBatch, FeedPosition } from './batch-feed.js';

export interface CopyingRowsOptions {
  /** Of all rows, 0 to 1. */
  readonly share: number;
  /** The ids that are drawn from. */
  readonly ids: Int32Array;
  readonly seed: number | string;
}

export class CopyingFeed implements BatchFeed {
  constructor(
    readonly pages: BatchFeed,
    readonly options: CopyingRowsOptions,
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
    const { share, ids, seed } = this.options;
    const random = createRandom(seed, 'copying rows', this.position.batches);
    const { batch, documents } = await this.pages.next();
    for (let row = 0; row < this.rows; row++)
      if (random.uniform() < share) copyingRow(batch, row, ids, random);
    const normalizer = batch.weights.reduce((sum, weight) => sum + weight, 0);
    return { batch: { ...batch, normalizer: Math.max(1, normalizer) }, documents };
  }

  close(): Promise<void> {
    return this.pages.close();
  }
}
