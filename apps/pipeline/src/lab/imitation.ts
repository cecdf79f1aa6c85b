/** A model of an experiment learns from conversations (SFT), with the recipe that all experiments share. */
import type { Conversation, RunOptions } from '@llm/core';
import type { Metrics } from '@llm/core/training';
import { fineTune } from '@llm/sft';
import type { OpenModel } from '../models/open-model.js';

export type ImitationSizes = {
  readonly steps: number;
  readonly rows: number;
  readonly columns: number;
  readonly learningRate: number;
};

export interface ImitationOptions extends RunOptions {
  readonly opened: OpenModel;
  readonly conversations: readonly Conversation[];
  readonly sizes: ImitationSizes;
  readonly seed: number;
  /** In progress lines. */
  readonly stage: string;
  /** Measures the model after every so many steps and after the last. */
  readonly measure?: { readonly every: number; run(step: number): Promise<Metrics> } | undefined;
}

export async function imitate(options: ImitationOptions): Promise<void> {
  const { opened, conversations, sizes, seed, stage, measure, signal, onEvent } = options;
  const { steps, rows, columns, learningRate } = sizes;
  await fineTune({
    ...{ model: opened.model, renderer: opened.renderer, conversations, rows, columns, steps, seed },
    ...{ stage, signal, onEvent },
    evaluateEvery: measure?.every,
    evaluate: measure?.run,
    schedule: { shape: 'trapezoid', peak: learningRate, warmUpSteps: Math.ceil(steps / 50) },
  });
}
