/**
 * Continues many prompts together, and beside those of other calls. Equal prompts are read once; every row
 * has its own position, so prompts of different lengths and tool answers forced into some rows need no
 * alignment; a finished row leaves the batch at once. Left out: speculative decoding.
 */
import { type Completion, checkGenerateOptions, checkNumbers } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { CacheMemory } from './batching/cache-memory.js';
import { Call } from './batching/call.js';
import type { RunningBatch } from './batching/running-batch.js';
import { checkPrompt } from './check-prompt.js';
import { Continuation } from './continuation.js';
import type { TransformerGenerateOptions } from './generate-options.js';
import { checkSamplingOptions } from './sample-token.js';

/** `memory` is that of `batch`; more prompts than fit are continued one part after the other. */
export async function generate(
  config: ModelConfig,
  batch: RunningBatch,
  memory: CacheMemory,
  prompts: readonly Int32Array[],
  options: TransformerGenerateOptions,
): Promise<Completion[]> {
  checkGenerateOptions(options, config.vocabularySize);
  checkSamplingOptions(options);
  checkNumbers(options, { repetitionPenalty: { above: 0 } });
  for (const [index, prompt] of prompts.entries()) checkPrompt(config, prompt, index);
  const rows = prompts.map((prompt, index) => new Continuation(index, prompt, config, options));
  const size = memory.rowsOf(Math.max(...rows.map(({ longest }) => longest)));
  const unfinished = rows.filter(({ stopReason }) => stopReason === undefined);
  for (let first = 0; first < unfinished.length; first += size)
    await batch.continue(new Call(unfinished.slice(first, first + size), options.signal));
  return rows.map((row) => row.completion());
}
