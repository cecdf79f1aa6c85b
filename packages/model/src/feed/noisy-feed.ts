/**
 * Puts ids from elsewhere in the batch in the place of some inputs of another feed; what is to be said next
 * stays. A text that is read many times is then never the same context twice, which holds back learning it by
 * heart: unigram noising of Xie et al. 2017, "Data Noising as Smoothing in Neural Network Language Models".
 * Left out: their weighing by how many words may follow, and noise in the targets.
 */
import type { Random, TokenBatch } from '@llm/core';
import type { BatchFeed } from './batch-feed.js';
import { ChangedFeed } from './changed-feed.js';

export interface NoiseOptions {
  /** Of all inputs, 0 to 1. */
  readonly share: number;
  readonly seed: number | string;
  /** Begins every document, and is never replaced; null: nothing does. */
  readonly bosToken: number | null;
}

export class NoisyFeed extends ChangedFeed {
  constructor(
    pages: BatchFeed,
    readonly options: NoiseOptions,
  ) {
    super(pages, options.seed, 'input noise');
  }

  protected change(batch: TokenBatch, random: Random): TokenBatch {
    const { share, bosToken } = this.options;
    const inputs = Int32Array.from(batch.inputs);
    for (const [at, id] of batch.inputs.entries()) {
      if (random.uniform() >= share || id === bosToken) continue;
      const other = batch.inputs[random.integer(inputs.length)]!;
      if (other !== bosToken) inputs[at] = other;
    }
    return { ...batch, inputs };
  }
}
