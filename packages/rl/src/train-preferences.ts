/**
 * Preference training: DPO when the policy was made with `directPreference(...)` and a reference is given, a reward model
 * when it was made with `bradleyTerry(...)`. Like every loop here a pure function of (options, step) that starts at
 * `policy.stepsTaken`. Falling log-probabilities of the chosen answers are normal in DPO: what grows is the margin.
 */
import type { ConversationRenderer, LanguageModel, RunOptions, TrainableModel } from '@llm/core';
import { emit, LlmError, throwIfAborted } from '@llm/core';
import type { PreferencePair, RenderedPair } from './preference-batch.js';
import { createPreferenceBatch, renderPair } from './preference-batch.js';
import { createShuffledPasses } from './shuffled-passes.js';

export interface TrainPreferencesOptions extends RunOptions {
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly pairs: readonly PreferencePair[];
  /** Frozen; its log-probabilities become `referenceLogProbabilities`. Needed for DPO. */
  readonly reference?: LanguageModel | undefined;
  /** Optimizer steps in all, those already taken included. */
  readonly steps: number;
  /** Default 16. */
  readonly pairsPerStep?: number | undefined;
  /** Positions per row. Default: the longest answer, rounded up to 16, at most the policy's window. */
  readonly columns?: number | undefined;
  /** Learning rate of a step, counted from 0. */
  readonly schedule: (step: number) => number;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly saveEvery?: number | undefined;
  readonly onCheckpoint?: ((step: number) => Promise<void> | void) | undefined;
  /** Name in events. Default `preferences`. */
  readonly stage?: string | undefined;
}

export interface TrainPreferencesReport {
  readonly stepsTaken: number;
  /** Loss of each step of this call. */
  readonly losses: readonly number[];
  /** Pairs that did not fit. */
  readonly skipped: number;
}

/** Throws `rl/no-pairs` when no pair fits. */
export async function trainPreferences(options: TrainPreferencesOptions): Promise<TrainPreferencesReport> {
  const { policy, steps, pairsPerStep = 16, seed = 0, stage = 'preferences', signal, onEvent } = options;
  const { rendered, columns } = renderPairs(options);
  const order = createShuffledPasses(rendered, pairsPerStep, seed, 'pairs');
  const losses: number[] = [];
  emit(onEvent, { type: 'stage-start', stage, total: steps });
  while (policy.stepsTaken < steps) {
    throwIfAborted(signal);
    const step = policy.stepsTaken;
    const plain = createPreferenceBatch(order.batch(step), columns);
    const referenceLogProbabilities = await options.reference?.logProbabilities(plain);
    const batch = referenceLogProbabilities
      ? { ...plain, extraInputs: { referenceLogProbabilities } }
      : plain;
    const learningRate = options.schedule(step);
    const { loss, gradientNorm, metrics } = await policy.trainStep(batch, { learningRate });
    losses.push(loss);
    const values = { loss, grad_norm: gradientNorm, learning_rate: learningRate, ...metrics };
    emit(onEvent, { type: 'progress', stage, done: step + 1, total: steps, unit: 'steps' });
    emit(onEvent, { type: 'metric', stage, step, values });
    const save = options.saveEvery !== undefined && (step + 1) % options.saveEvery === 0;
    if (save || step + 1 === steps) await options.onCheckpoint?.(step + 1);
  }
  const skipped = options.pairs.length - rendered.length;
  emit(onEvent, {
    type: 'stage-end',
    stage,
    summary: { steps: policy.stepsTaken, pairs: rendered.length, skipped },
  });
  return { stepsTaken: policy.stepsTaken, losses, skipped };
}

function renderPairs(options: TrainPreferencesOptions): { rendered: RenderedPair[]; columns: number } {
  const { policy, renderer, pairs } = options;
  const limit = Math.min(options.columns ?? policy.contextLength, policy.contextLength);
  const rendered = pairs.flatMap((pair) => {
    try {
      return [renderPair(pair, renderer, limit)];
    } catch (error) {
      if (LlmError.isInstance(error) && error.code === 'rl/preference-too-long') return [];
      throw error;
    }
  });
  if (rendered.length === 0) {
    throw new LlmError({
      code: 'rl/no-pairs',
      message: `None of ${pairs.length} pairs fits into ${limit} positions, so there is nothing to train on.`,
      details: { pairs: pairs.length, columns: limit },
    });
  }
  const longest = rendered.flat().reduce((most, { ids }) => Math.max(most, ids.length - 1), 1);
  return { rendered, columns: options.columns ?? Math.min(limit, Math.ceil(longest / 16) * 16) };
}
