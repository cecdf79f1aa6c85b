/** The fields that both endpoints have, as options of an answer. */
import type { z } from 'zod';
import type { AnswerOptions } from '../../assistant.js';
import type { samplingFields } from './fields.js';

export type SamplingFields = z.infer<z.ZodObject<typeof samplingFields>>;

export function answerOptions(
  fields: SamplingFields,
  { maxNewTokens, logProbabilities }: Pick<AnswerOptions, 'maxNewTokens' | 'logProbabilities'>,
): AnswerOptions {
  const { stop, top_k: topK } = fields;
  return {
    temperature: fields.temperature,
    topP: fields.top_p,
    // −1 is all in vLLM.
    topK: topK === undefined ? undefined : Math.max(0, topK),
    minP: fields.min_p,
    repetitionPenalty: fields.repetition_penalty,
    frequencyPenalty: fields.frequency_penalty,
    presencePenalty: fields.presence_penalty,
    logitBias: fields.logit_bias,
    stop: typeof stop === 'string' ? [stop] : stop,
    maxNewTokens,
    logProbabilities,
  };
}

/** Choices of one prompt differ where a seed is given too: each has its own. */
export function choiceSeed(seed: number | undefined, choice: number): number | undefined {
  return seed === undefined ? undefined : seed + choice;
}
