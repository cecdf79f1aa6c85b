/**
 * Training on pairs of answers, by the one training loop of `@llm/core/training`: DPO when the policy was
 * made with `directPreference(...)` and a reference is given; `simpo`, `cpo`, `orpo` without one; a reward
 * model when it was made with `bradleyTerry(...)`. Falling log-probabilities of the chosen answers are normal
 * in DPO: what grows is the margin.
 */
import type { ConversationRenderer, ScoringModel, TrainableModel } from '@llm/core';
import { checkChoice, checkNumbers } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { warnOfForeignReference } from '../foreign-reference.js';
import { createShuffledPasses } from '../shuffled-passes.js';
import type { ScoredPlace } from './answer-rows.js';
import { fitExamples, type SkippedExample } from './fit-examples.js';
import type { PreferencePair } from './preference-batch.js';
import { createPreferenceBatch, preferenceLayout, renderPair } from './preference-batch.js';

export interface TrainPreferencesOptions extends Omit<TrainingOptions, 'rowsAtOnce'> {
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly pairs: readonly PreferencePair[];
  /**
   * Frozen; its log-probabilities become `referenceLogProbabilities`. Needed for DPO. With adapters it is the
   * policy without them: `policy.withoutAdapters()`.
   */
  readonly reference?: ScoringModel | undefined;
  /**
   * What of an answer is scored: its tokens (`answers`), or, for a scalar head, the position that has read
   * all of it (`ends`), as reward models of Hugging Face do. Default `answers`.
   */
  readonly score?: ScoredPlace | undefined;
  /** Default 16. */
  readonly pairsPerStep?: number | undefined;
  /**
   * Both answers of a pair stand in one row behind their prompt (`branches` of the batch), where that is less
   * work: the same loss and gradient. False: a row for each, as an objective of one's own may expect. Default
   * true.
   */
  readonly sharePrompts?: boolean | undefined;
  /** Pairs computed at a time; a step adds up their gradients. Default: all. */
  readonly pairsAtOnce?: number | undefined;
  /**
   * Most positions of a prompt with its answer, and of rows of one answer. Default: the longest answer,
   * rounded up to 16, at most the policy's window.
   */
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
  readonly skippedPairs: readonly SkippedExample[];
}

const count = { minimum: 1, integer: true };

/**
 * A pair that does not fit is left out, reported, and named in a `warning`
 * event before the first step. Throws `core/option-invalid`, `rl/no-pairs`
 * when no pair fits, and `model/training-diverged` (see `maximumLossRise`).
 */
export async function trainPreferences(options: TrainPreferencesOptions): Promise<TrainPreferencesReport> {
  const { policy, reference, renderer, pairsAtOnce, stage = 'preferences' } = options;
  const { pairsPerStep = 16, score = 'answers', seed = 0 } = options;
  checkNumbers(options, { pairsPerStep: count, pairsAtOnce: count, columns: count, seed: {} });
  checkChoice('score', score, ['answers', 'ends']);
  const {
    rendered,
    columns,
    skipped: skippedPairs,
  } = fitExamples({
    examples: options.pairs,
    what: 'pairs',
    place: score,
    models: reference === undefined ? [policy] : [policy, reference],
    columns: options.columns,
    render: (pair, limit) => renderPair(pair, renderer, limit, score),
    answersOf: ({ chosen, rejected }) => [chosen, rejected],
    stage,
    onEvent: options.onEvent,
  });
  const layout =
    (options.sharePrompts ?? true)
      ? preferenceLayout(rendered, columns, score)
      : { isShared: false, columns, place: score };
  const order = createShuffledPasses(rendered, pairsPerStep, seed, 'pairs');
  const skipped = skippedPairs.length;
  let isReferenceSeen = false;
  const { steps, losses } = await runTrainingLoop({
    ...options,
    model: policy,
    stage,
    maximumLossRise: options.maximumLossRise ?? Number.POSITIVE_INFINITY,
    rowsAtOnce: pairsAtOnce && (layout.isShared ? 1 : 2) * pairsAtOnce,
    batch: async (step) => {
      const batch = createPreferenceBatch(order.batch(step), layout);
      if (reference === undefined) return { batch };
      const referenceLogProbabilities = await reference.logProbabilities(batch);
      if (!isReferenceSeen)
        warnOfForeignReference(
          referenceLogProbabilities.filter((_, i) => batch.weights[i] !== 0),
          { stage, vocabularySize: policy.vocabularySize, onEvent: options.onEvent },
        );
      isReferenceSeen = true;
      return { batch: { ...batch, extraInputs: { ...batch.extraInputs, referenceLogProbabilities } } };
    },
    summary: () => ({ pairs: rendered.length, skipped }),
  });
  return { stepsTaken: steps, losses, skipped, skippedPairs };
}
