/**
 * Puts rows of random tokens that come again in the place of some rows of another feed, so that what a model
 * copies by is kept while it reads pages.
 */
import type { Random, TokenBatch } from '@llm/core';
import { copyingRow } from '../copying/copying-rows.js';
import type { BatchFeed } from './batch-feed.js';
import { ChangedFeed } from './changed-feed.js';

export interface CopyingRowsOptions {
  /** Of all rows, 0 to 1. */
  readonly share: number;
  /** The ids that are drawn from. */
  readonly ids: Int32Array;
  readonly seed: number | string;
}

export class CopyingFeed extends ChangedFeed {
  constructor(
    pages: BatchFeed,
    readonly options: CopyingRowsOptions,
  ) {
    super(pages, options.seed, 'copying rows');
  }

  protected change(batch: TokenBatch, random: Random): TokenBatch {
    const { share, ids } = this.options;
    for (let row = 0; row < this.rows; row++)
      if (random.uniform() < share) copyingRow(batch, row, ids, random);
    const normalizer = batch.weights.reduce((sum, weight) => sum + weight, 0);
    return { ...batch, normalizer: Math.max(1, normalizer) };
  }
}
