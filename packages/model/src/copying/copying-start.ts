/**
 * Where pretraining may begin: a model that has read nothing and copies. Induction heads are drawn, then
 * trained for some seconds on random tokens that come again, the tables almost at rest; what is known of
 * curricula for retrieval (copying before facts) in its cheapest form. From there pages cost fewer steps, and
 * answers are looked up in the text at hand sooner.
 */
import {
  createRandom,
  emit,
  type NamedTensor,
  type RunOptions,
  type Tokenizer,
  throwIfAborted,
} from '@llm/core';
import type { Executor } from '@llm/graph';
import type { ModelConfig } from '../config/model-config.js';
import { muon } from '../optimizers/muon.js';
import { createTransformer } from '../transformer.js';
import { copiedIds, copyingBatch } from './copying-rows.js';
import { inductionParameters } from './induction-heads.js';

export interface CopyingStartOptions extends RunOptions {
  readonly config: ModelConfig;
  readonly executor: Executor;
  /** Its ids that are no control tokens are what is copied. */
  readonly tokenizer: Tokenizer;
  /** Default 0. */
  readonly seed?: number | string | undefined;
  /** Of 2,048 tokens. Default 80, after which 40 random tokens are copied. */
  readonly steps?: number | undefined;
  /** Of the events. Default `copying`. */
  readonly stage?: string | undefined;
}

const learningRate = 5e-3;
const warmUpSteps = 10;
/** Of tables and gains, in parts of the rate: what they hold is noise here, and what is drawn rests on it. */
const slow = { embedding: { rate: 0.02 }, head: { rate: 0.02 }, scale: { rate: 0.2 } };

/**
 * Parameters by checkpoint name, for `createTransformer({ parameters })`; the same for the same options.
 * Throws `model/no-induction-heads`, see `inductionParameters`.
 */
export async function copyingStart(options: CopyingStartOptions): Promise<ReadonlyMap<string, NamedTensor>> {
  const { config, executor, tokenizer, seed = 0, steps = 80 } = options;
  const { signal, onEvent, stage = 'copying' } = options;
  const ids = copiedIds(tokenizer);
  const columns = Math.min(128, config.contextLength);
  const rows = Math.max(1, Math.round(2048 / columns));
  const model = await createTransformer({
    config,
    executor,
    parameters: inductionParameters(config, seed),
    optimizer: muon({ groups: slow }),
  });
  try {
    for (let step = 0; step < steps; step++) {
      throwIfAborted(signal);
      const batch = copyingBatch(rows, columns, ids, createRandom(seed, 'copying', step));
      await model.trainStep(batch, { learningRate: learningRate * Math.min(1, (step + 1) / warmUpSteps) });
      emit(onEvent, { type: 'progress', stage, done: step + 1, total: steps, unit: 'steps of copying' });
    }
    return (await model.snapshot()).parameters;
  } finally {
    await model.dispose();
  }
}
