/** Which examples can be trained on, rendered once; the others are named with their reasons. */
import { describeSkipped, emit, LlmError, type RunEventListener, type ScoringModel } from '@llm/core';
import type { RenderedAnswer, ScoredPlace } from './answer-rows.js';

export interface SkippedExample {
  /** Position in the given list. */
  readonly index: number;
  readonly id?: string | undefined;
  /** `invalid`: an answer cannot be rendered or is empty, or the model lacks one of its ids. */
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

export interface FitExamplesOptions<Example, Rendered> {
  readonly examples: readonly Example[];
  /** `pairs`, `answers`: in words and in codes. */
  readonly what: string;
  readonly place: ScoredPlace;
  readonly models: readonly Pick<ScoringModel, 'vocabularySize' | 'contextLength'>[];
  /** Positions per row. Default: the longest answer's, rounded up to 16, at most the smallest window. */
  readonly columns: number | undefined;
  readonly render: (example: Example, columns: number) => Rendered;
  readonly answersOf: (rendered: Rendered) => readonly RenderedAnswer[];
  readonly stage: string;
  readonly onEvent?: RunEventListener | undefined;
}

export interface FittingExamples<Rendered> {
  readonly rendered: readonly Rendered[];
  readonly columns: number;
  readonly skipped: readonly SkippedExample[];
}

/** Emits a `warning` event `rl/…-skipped`. Throws `rl/no-…` when none is left. */
export function fitExamples<Example extends { readonly id?: string | undefined }, Rendered>(
  options: FitExamplesOptions<Example, Rendered>,
): FittingExamples<Rendered> {
  const { examples, what, models, columns, place } = options;
  const limit = Math.min(
    ...models.map(({ contextLength }) => contextLength),
    columns ?? Number.POSITIVE_INFINITY,
  );
  const vocabularySize = Math.min(...models.map((model) => model.vocabularySize));
  const skipped: SkippedExample[] = [];
  const rendered = examples.flatMap((example, index) => {
    const skip = (reason: SkippedExample['reason'], message: string): [] => {
      skipped.push({ index, id: example.id, reason, message });
      return [];
    };
    try {
      const each = options.render(example, limit);
      const unknown = options
        .answersOf(each)
        .map(({ ids }) => ids.find((id) => id >= vocabularySize))
        .find((id) => id !== undefined);
      if (unknown === undefined) return [each];
      return skip('invalid', `holds the id ${unknown}, the model has ${vocabularySize} ids`);
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      return skip(error.code === 'rl/answer-too-long' ? 'too-long' : 'invalid', error.message);
    }
  });
  const reasons = describeSkipped(skipped, ({ id, index }) => id ?? `${what.slice(0, -1)} ${index}`);
  if (rendered.length === 0)
    throw new LlmError({
      code: `rl/no-${what}`,
      message: `None of ${examples.length} ${what} can be trained on in ${limit} positions${skipped.length === 0 ? '' : `: ${reasons}`}.`,
      details: { [what]: examples.length, columns: limit },
    });
  if (skipped.length > 0)
    emit(options.onEvent, {
      type: 'warning',
      stage: options.stage,
      code: `rl/${what}-skipped`,
      message: `${skipped.length} of ${examples.length} ${what} left out: ${reasons}.`,
    });
  const longest = rendered
    .flatMap(options.answersOf)
    .reduce((most, { ids }) => Math.max(most, place === 'ends' ? ids.length : ids.length - 1), 1);
  return { rendered, columns: Math.min(limit, columns ?? Math.ceil(longest / 16) * 16), skipped };
}
