/**
 * Preference training: DPO when the policy was made with `directPreference(...)` and a reference is given, a
 * reward model when it was made with `bradleyTerry(...)`; by the one training loop of `@llm/core/training`.
 * Falling log-probabilities of the chosen answers are normal in DPO: what grows is the margin.
 */
import type { ConversationRenderer, LanguageModel, TrainableModel } from '@llm/core';
import { checkNumbers, describeSkipped, emit, LlmError } from '@llm/core';
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
  /** Pairs that were left out. */
  readonly skipped: number;
  readonly skippedPairs: readonly SkippedPair[];
}

export interface SkippedPair {
  /** Position in the given list. */
  readonly index: number;
  readonly id?: string | undefined;
  /** `invalid`: an answer cannot be rendered, or the model lacks one of its ids. */
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

const count = { minimum: 1, integer: true };

/**
 * A pair that does not fit is left out, reported, and named in a `warning`
 * event before the first step. Throws `core/option-invalid`, `rl/no-pairs`
 * when no pair fits, and `model/training-diverged` (see `maximumLossRise`).
 */
export async function trainPreferences(options: TrainPreferencesOptions): Promise<TrainPreferencesReport> {
  const { policy, reference, pairsPerStep = 16, pairsAtOnce, seed = 0, stage = 'preferences' } = options;
  checkNumbers(options, { pairsPerStep: count, pairsAtOnce: count, columns: count, seed: {} });
  const { rendered, columns, skippedPairs } = renderPairs(options);
  const order = createShuffledPasses(rendered, pairsPerStep, seed, 'pairs');
  const skipped = skippedPairs.length;
  if (skipped > 0)
    emit(options.onEvent, {
      type: 'warning',
      stage,
      code: 'rl/pairs-skipped',
      message: `${skipped} of ${options.pairs.length} pairs left out: ${describePairs(skippedPairs)}.`,
    });
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
  return { stepsTaken: steps, losses, skipped, skippedPairs };
}

interface RenderedPairs {
  readonly rendered: readonly RenderedPair[];
  readonly columns: number;
  readonly skippedPairs: readonly SkippedPair[];
}

function renderPairs({
  policy,
  reference,
  renderer,
  pairs,
  columns,
}: TrainPreferencesOptions): RenderedPairs {
  const models = reference === undefined ? [policy] : [policy, reference];
  const limit = Math.min(
    ...models.map(({ contextLength }) => contextLength),
    columns ?? Number.POSITIVE_INFINITY,
  );
  const vocabularySize = Math.min(...models.map((model) => model.vocabularySize));
  const skippedPairs: SkippedPair[] = [];
  const rendered = pairs.flatMap((pair, index) => {
    const skip = (reason: SkippedPair['reason'], message: string): [] => {
      skippedPairs.push({ index, id: pair.id, reason, message });
      return [];
    };
    try {
      const both = renderPair(pair, renderer, limit);
      const unknown = both
        .map(({ ids }) => ids.find((id) => id >= vocabularySize))
        .find((id) => id !== undefined);
      if (unknown === undefined) return [both];
      return skip('invalid', `holds the id ${unknown}, the model has ${vocabularySize} ids`);
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      return skip(error.code === 'rl/preference-too-long' ? 'too-long' : 'invalid', error.message);
    }
  });
  if (rendered.length === 0) {
    const why = skippedPairs.length === 0 ? '' : `: ${describePairs(skippedPairs)}`;
    throw new LlmError({
      code: 'rl/no-pairs',
      message: `None of ${pairs.length} pairs can be trained on in ${limit} positions${why}.`,
      details: { pairs: pairs.length, columns: limit },
    });
  }
  const longest = rendered.flat().reduce((most, { ids }) => Math.max(most, ids.length - 1), 1);
  return { rendered, columns: Math.min(limit, columns ?? Math.ceil(longest / 16) * 16), skippedPairs };
}

const describePairs = (skipped: readonly SkippedPair[]): string =>
  describeSkipped(skipped, ({ id, index }) => id ?? `pair ${index}`);
