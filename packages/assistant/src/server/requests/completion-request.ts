/** The body of `POST /v1/completions`, and the options of `Assistant.complete` that it asks for. */
import type { JsonValue } from '@llm/core';
import { z } from 'zod';
import type { AnswerOptions } from '../../assistant.js';
import { invalidRequest } from '../api-error.js';
import { answerOptions, type SamplingFields } from './answer-options.js';
import { checked, only, optional, samplingFields } from './fields.js';

type Prompt = string | readonly number[];

const isId = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
const isIds = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every(isId);

/** A text, a list of texts, token ids, or a list of lists of them. */
const prompt = z
  .custom<string | readonly number[] | readonly Prompt[]>(
    (value) =>
      typeof value === 'string' ||
      isIds(value) ||
      (Array.isArray(value) &&
        value.length > 0 &&
        (value.every((each) => typeof each === 'string') || value.every(isIds))),
    'must be a text, a list of texts, a list of token ids, or a list of such lists, none of them empty',
  )
  .transform((value): readonly Prompt[] =>
    typeof value === 'string' || typeof value[0] === 'number' ? [value as Prompt] : (value as Prompt[]),
  );

const schema = z.strictObject({
  ...samplingFields,
  prompt,
  max_tokens: optional(z.int().min(0)),
  logprobs: optional(z.int().min(0).max(20)),
  echo: optional(z.boolean()),
  /** vLLM's names: ids that end an answer, and the ids of prompt and answer beside their text. */
  stop_token_ids: optional(z.array(z.int().min(0))),
  return_token_ids: optional(z.boolean()),
  best_of: only([1], 'ask for n choices and take the best by their log-probabilities'),
  suffix: only([''], 'text is only written after the prompt'),
});

/** OpenAI's. */
const defaultLength = 16;

export interface CompletionRequest {
  readonly fields: SamplingFields;
  readonly prompts: readonly Prompt[];
  readonly echo: boolean;
  readonly options: AnswerOptions & { readonly maxNewTokens: number };
}

export function completionRequest(body: JsonValue): CompletionRequest {
  const fields = checked(schema, body);
  const maxNewTokens = fields.max_tokens ?? defaultLength;
  if (fields.return_token_ids === true) {
    const refuse = (why: string) => invalidRequest('return_token_ids', `return_token_ids ${why}.`);
    if (fields.logprobs === undefined) throw refuse('needs logprobs');
    if (fields.stream === true) throw refuse('is not supported with stream');
    if (fields.echo === true) throw refuse('is not supported with echo');
  }
  return {
    fields,
    prompts: fields.prompt,
    echo: fields.echo ?? false,
    options: {
      ...answerOptions(fields, { maxNewTokens, logProbabilities: fields.logprobs }),
      maxNewTokens,
      stopTokens: fields.stop_token_ids,
      reportStop: fields.return_token_ids,
    },
  };
}
