/**
 * Preference training: DPO when the policy was made with `directPreference(...)` and a reference is given, a reward model
 * when it was made with `bradleyTerry(...)`; by the one training loop of `@llm/core/training`. Falling log-probabilities
 * of the chosen answers are normal in DPO: what grows is the margin.
 */
import type { ConversationRenderer, LanguageModel, TrainableModel } from '@llm/core';
import { LlmError } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { createShuffledPasses } from '../shuffled-passes.js';
import type { PreferencePair, RenderedPair } from './preference-batch.js';
import { createPreferenceBatch, renderPair } from './preference-batch.js';

export interface TrainPreferencesOptions extends Omit<TrainingOptions, 'rowsAtOnce'> {
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly pairs: readonly PreferencePair[];
  /** Frozen; its log-probabilities become `referenceLogProbabilities`. Needed for DPO. */
  readonly reference?: LanguageModel | undefined;
  /** Default 16. */
  readonly pairsPerStep?: number | undefined;
  /** Pairs computed at a time; a step adds up their gradients. Default: all. */
  readonly pairsAtOnce?: number | undefined;
  /** Positions per row. Default: the longest answer, rounded up to 16, at most the policy's window. */
  readonly columns?: number | undefined;
  /** Default Infinity: the unit of the loss is the objective's. */
  readonly maximumLossRise?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

export interface TrainPreferencesReport {
  readonly stepsTaken: number;
  /** Loss of each step of this call. */
  readonly losses: readonly number[];
  /** Pairs that did not fit. */
  readonly skipped: number;
}

/** Throws `rl/no-pairs` when no pair fits, and `model/training-diverged` (see `maximumLossRise`). */
export async function trainPreferences(options: TrainPreferencesOptions): Promise<TrainPreferencesReport> {
  const { policy, reference, pairsPerStep = 16, pairsAtOnce, seed = 0, stage = 'preferences' } = options;
  const { rendered, columns } = renderPairs(options);
  const order = createShuffledPasses(rendered, pairsPerStep, seed, 'pairs');
  const skipped = options.pairs.length - rendered.length;
  const { steps, losses } = await runTrainingLoop({
    ...options,
    model: policy,
    stage,
    maximumLossRise: options.maximumLossRise ?? Number.POSITIVE_INFINITY,
    rowsAtOnce: pairsAtOnce && 2 * pairsAtOnce,
    batch: async (step) => {
      const batch = createPreferenceBatch(order.batch(step), columns);
      if (reference === undefined) return { batch };
      const referenceLogProbabilities = await reference.logProbabilities(batch);
      return { batch: { ...batch, extraInputs: { referenceLogProbabilities } } };
    },
    summary: () => ({ pairs: rendered.length, skipped }),
  });
  return { stepsTaken: steps, losses, skipped };
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
