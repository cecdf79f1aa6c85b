/**
 * A process reward model from answers whose steps somebody judged (Lightman et al. 2023, PRM800K; Wang et al.
 * 2024, Math-Shepherd), by the one training loop of `@llm/core/training`. The model has `scalarHead: true`
 * and the objective `processReward()`. A step ends with the last token that is wholly its own: where a token
 * holds the end of a step and the beginning of the next, the one before.
 */
import type { Conversation, ConversationRenderer, ScoringModel, ValueModel } from '@llm/core';
import { checkNumbers, LlmError } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { createShuffledPasses } from '../shuffled-passes.js';
import { layOutAnswers, type RenderedAnswer, renderAnswer } from './answer-rows.js';
import { fitExamples, type SkippedExample } from './fit-examples.js';

export interface JudgedSteps {
  readonly id?: string | undefined;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  /** `isCorrect` undefined: the step is there to be read and not judged. */
  readonly steps: readonly { readonly text: string; readonly isCorrect?: boolean | undefined }[];
}

export interface TrainProcessRewardsOptions extends TrainingOptions {
  readonly model: ValueModel;
  readonly renderer: ConversationRenderer;
  readonly examples: readonly JudgedSteps[];
  /** Between two steps. Default: a new line. */
  readonly separator?: string | undefined;
  /** Default 16. */
  readonly examplesPerStep?: number | undefined;
  /** Positions per row. Default: the longest answer, rounded up to 16, at most the model's window. */
  readonly columns?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

export interface TrainProcessRewardsReport {
  readonly stepsTaken: number;
  readonly losses: readonly number[];
  readonly skipped: readonly SkippedExample[];
}

interface RenderedSteps {
  readonly answer: RenderedAnswer;
  /** Position of the last token of each step, and whether it is right. */
  readonly ends: readonly { readonly position: number; readonly isCorrect: boolean }[];
}

const count = { minimum: 1, integer: true };

/** Throws `core/option-invalid`, `rl/no-examples` when none can be trained on. */
export async function trainProcessRewards(
  options: TrainProcessRewardsOptions,
): Promise<TrainProcessRewardsReport> {
  const { model, renderer, separator = '\n', examplesPerStep = 16, seed = 0, stage = 'process' } = options;
  checkNumbers(options, { examplesPerStep: count, columns: count, seed: {} });
  const fitting = fitExamples<JudgedSteps, RenderedSteps>({
    examples: options.examples,
    what: 'examples',
    place: 'ends',
    models: [model as ScoringModel],
    columns: options.columns,
    render: (example, columns) => renderSteps(example, renderer, columns, separator),
    answersOf: ({ answer }) => [answer],
    stage,
    onEvent: options.onEvent,
  });
  const { columns } = fitting;
  const order = createShuffledPasses(fitting.rendered, examplesPerStep, seed, 'steps');
  const { steps, losses } = await runTrainingLoop({
    ...options,
    model,
    stage,
    batch: (step) => {
      const examples = order.batch(step);
      const batch = layOutAnswers(
        examples.map(({ answer }) => answer),
        columns,
        'ends',
      );
      batch.weights.fill(0);
      const correct = new Float32Array(batch.inputs.length);
      let normalizer = 0;
      for (const [row, { ends }] of examples.entries())
        for (const { position, isCorrect } of ends) {
          batch.weights[row * columns + position] = 1;
          correct[row * columns + position] = isCorrect ? 1 : 0;
          normalizer++;
        }
      return { batch: { ...batch, normalizer, extraInputs: { correct } } };
    },
    summary: () => ({ examples: fitting.rendered.length, skipped: fitting.skipped.length }),
  });
  return { stepsTaken: steps, losses, skipped: fitting.skipped };
}

/** What a process reward model thinks, with what it was trained to read. */
export interface StepScorer extends Pick<TrainProcessRewardsOptions, 'renderer' | 'separator'> {
  readonly model: Pick<ValueModel, 'values' | 'contextLength'>;
  /** Answers scored at a time. Default 32. */
  readonly rows?: number | undefined;
}

/**
 * Of each answer the head's number at the end of each step that somebody judged: above 0 where it takes the
 * step for right, with the probability 1 / (1 + exp(−number)). Throws as `trainProcessRewards`, of an answer
 * that does not fit.
 */
export async function scoreSteps(
  { model, renderer, separator = '\n', rows = 32 }: StepScorer,
  examples: readonly JudgedSteps[],
): Promise<number[][]> {
  checkNumbers({ rows }, { rows: count });
  const scores: number[][] = [];
  for (let start = 0; start < examples.length; start += rows) {
    const group = examples
      .slice(start, start + rows)
      .map((example) => renderSteps(example, renderer, model.contextLength, separator));
    const longest = Math.max(...group.map(({ answer }) => answer.ids.length));
    const columns = Math.min(model.contextLength, Math.ceil(longest / 16) * 16);
    const answers = group.map(({ answer }) => answer);
    const values = await model.values(layOutAnswers(answers, columns, 'ends'));
    for (const [row, { ends }] of group.entries())
      scores.push(ends.map(({ position }) => values[row * columns + position]!));
  }
  return scores;
}

function renderSteps(
  { id, prompt, steps }: JudgedSteps,
  renderer: ConversationRenderer,
  columns: number,
  separator: string,
): RenderedSteps {
  const what = `The answer of example ${id ?? '(no id)'}`;
  const render = (count: number): RenderedAnswer => {
    const text = steps
      .slice(0, count)
      .map((step) => step.text)
      .join(separator);
    return renderAnswer(prompt, [{ type: 'text', text }], { renderer, place: 'ends', columns, what });
  };
  const answer = render(steps.length);
  const first = answer.mask.indexOf(1);
  const ends = steps.flatMap(({ isCorrect }, index) => {
    if (isCorrect === undefined) return [];
    if (index === steps.length - 1) return [{ position: answer.mask.lastIndexOf(1), isCorrect }];
    const { ids } = render(index + 1);
    const different = ids.findIndex((token, i) => token !== answer.ids[i]);
    return [{ position: Math.max(first, different - 1), isCorrect }];
  });
  if (ends.length === 0)
    throw new LlmError({ code: 'rl/answer-empty', message: `${what} has no step that is right or wrong.` });
  return { answer, ends };
}
