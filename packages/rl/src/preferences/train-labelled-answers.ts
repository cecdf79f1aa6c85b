/**
 * Training on single answers that are good or bad (KTO), by the one training loop of `@llm/core/training`:
 * the policy was made with `kahnemanTversky(...)`. The divergence z is estimated at each step as in the paper
 * and in TRL, from answers put behind prompts that they do not belong to: the mean of log π − log ref over
 * the step's examples, each prompt with the next one's answer, at least 0.
 */
import type { Conversation, ConversationRenderer, Part, ScoringModel, TrainableModel } from '@llm/core';
import { checkNumbers, LlmError } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { warnOfForeignReference } from '../foreign-reference.js';
import { createShuffledPasses } from '../shuffled-passes.js';
import { layOutAnswers, type RenderedAnswer, renderAnswer } from './answer-rows.js';
import { fitExamples, type SkippedExample } from './fit-examples.js';

export interface LabelledAnswer {
  readonly id?: string | undefined;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  readonly answer: readonly Part[];
  readonly isGood: boolean;
}

export interface TrainLabelledAnswersOptions extends TrainingOptions {
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly answers: readonly LabelledAnswer[];
  /** Frozen; what the policy is held near. */
  readonly reference: ScoringModel;
  /** At least 2 where the divergence is estimated. Default 16. */
  readonly answersPerStep?: number | undefined;
  /** False: z is 0, which is `apo_zero_unpaired`; two scorings fewer a step. Default true. */
  readonly estimateDivergence?: boolean | undefined;
  /** Positions per row. Default: the longest answer, rounded up to 16, at most the smaller window. */
  readonly columns?: number | undefined;
  /** Default Infinity: the unit of the loss is the objective's. */
  readonly maximumLossRise?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

export interface TrainLabelledAnswersReport {
  readonly stepsTaken: number;
  readonly losses: readonly number[];
  readonly skipped: readonly SkippedExample[];
}

interface RenderedLabel {
  readonly example: LabelledAnswer;
  readonly rendered: RenderedAnswer;
}

const count = { minimum: 1, integer: true };

/**
 * An answer that does not fit is left out, reported, and named in a `warning` event before the first step.
 * Throws `core/option-invalid`, `rl/no-answers` when none fits.
 */
export async function trainLabelledAnswers(
  options: TrainLabelledAnswersOptions,
): Promise<TrainLabelledAnswersReport> {
  const { policy, reference, renderer, answersPerStep = 16, seed = 0, stage = 'labelled' } = options;
  const { estimateDivergence = true } = options;
  checkNumbers(options, { answersPerStep: count, columns: count, seed: {} });
  if (estimateDivergence && answersPerStep < 2)
    throw new LlmError({
      code: 'core/option-invalid',
      message:
        'answersPerStep is 1; the divergence is estimated from the answers of others, so it must be at least 2, or estimateDivergence false.',
      details: { option: 'answersPerStep' },
    });
  const place = 'answers';
  const render = (prompt: Conversation, parts: readonly Part[], columns: number, what: string) =>
    renderAnswer(prompt, parts, { renderer, place, columns, what });
  const fitting = fitExamples<LabelledAnswer, RenderedLabel>({
    examples: options.answers,
    what: 'answers',
    place,
    models: [policy, reference],
    columns: options.columns,
    render: (example, columns) => ({
      example,
      rendered: render(example.prompt, example.answer, columns, `Answer ${example.id ?? '(no id)'}`),
    }),
    answersOf: ({ rendered }) => [rendered],
    stage,
    onEvent: options.onEvent,
  });
  const { columns } = fitting;
  let isReferenceSeen = false;
  const order = createShuffledPasses(fitting.rendered, answersPerStep, seed, 'answers');

  const divergenceOf = async (examples: readonly RenderedLabel[]): Promise<number> => {
    const foreign = examples.flatMap(({ example }, i) => {
      const other = examples[(i + 1) % examples.length]!.example;
      try {
        return [render(example.prompt, other.answer, columns, 'An answer to another prompt')];
      } catch (error) {
        if (LlmError.isInstance(error)) return [];
        throw error;
      }
    });
    if (foreign.length === 0) return 0;
    const batch = layOutAnswers(foreign, columns, place);
    const ours = await policy.logProbabilities(batch);
    const theirs = await reference.logProbabilities(batch);
    const sum = batch.weights.reduce((total, weight, i) => total + weight * (ours[i]! - theirs[i]!), 0);
    return Math.max(0, sum / foreign.length);
  };

  const { steps, losses } = await runTrainingLoop({
    ...options,
    model: policy,
    stage,
    maximumLossRise: options.maximumLossRise ?? Number.POSITIVE_INFINITY,
    batch: async (step) => {
      const examples = order.batch(step);
      const batch = layOutAnswers(
        examples.map(({ rendered }) => rendered),
        columns,
        place,
      );
      const desirable = new Float32Array(batch.inputs.length);
      const divergence = new Float32Array(batch.inputs.length);
      const z = estimateDivergence ? await divergenceOf(examples) : 0;
      for (const [row, { example }] of examples.entries()) {
        desirable[row * columns] = example.isGood ? 1 : 0;
        divergence[row * columns] = z;
      }
      const referenceLogProbabilities = await reference.logProbabilities(batch);
      if (!isReferenceSeen)
        warnOfForeignReference(
          referenceLogProbabilities.filter((_, i) => batch.weights[i] !== 0),
          { stage, vocabularySize: policy.vocabularySize, onEvent: options.onEvent },
        );
      isReferenceSeen = true;
      const extraInputs = { desirable, divergence, referenceLogProbabilities };
      return { batch: { ...batch, normalizer: examples.length, extraInputs } };
    },
    summary: () => ({ answers: fitting.rendered.length, skipped: fitting.skipped.length }),
  });
  return { stepsTaken: steps, losses, skipped: fitting.skipped };
}
