/** What a caller asks for and what the model's files say, as the options of `generate`. */
import { checkNumber, checkNumbers, LlmError } from '@llm/core';
import type { AnswerOptions, SamplingChoice } from '../assistant.js';
import type { RowOptions } from './token-stream.js';

/** Throws `core/option-invalid`. */
export function samplingOptions(
  options: AnswerOptions,
  defaults: SamplingChoice,
): Omit<RowOptions, 'maxNewTokens'> {
  checkNumbers(options, {
    temperature: { minimum: 0 },
    topK: { minimum: 0, integer: true },
    topP: { minimum: 0, maximum: 1 },
    minP: { minimum: 0, maximum: 1 },
    repetitionPenalty: { above: 0 },
    frequencyPenalty: { minimum: -2, maximum: 2 },
    presencePenalty: { minimum: -2, maximum: 2 },
    seed: {},
  });
  return {
    temperature: options.temperature ?? defaults.temperature,
    topK: options.topK ?? defaults.topK,
    topP: options.topP ?? defaults.topP,
    minP: options.minP ?? defaults.minP,
    repetitionPenalty: options.repetitionPenalty ?? defaults.repetitionPenalty,
    frequencyPenalty: options.frequencyPenalty ?? defaults.frequencyPenalty,
    presencePenalty: options.presencePenalty ?? defaults.presencePenalty,
    logitBias: options.logitBias,
    seed: options.seed ?? defaults.seed ?? Math.floor(Math.random() * 2 ** 32),
  };
}

/** Throws `core/option-invalid` or `assistant/option-invalid`. */
export function checkAnswerOptions({ maxNewTokens, logProbabilities, stop }: AnswerOptions): void {
  if (maxNewTokens !== undefined) checkNumber('maxNewTokens', maxNewTokens, { minimum: 0, integer: true });
  if (logProbabilities !== undefined)
    checkNumber('logProbabilities', logProbabilities, { minimum: 0, integer: true });
  if (stop === undefined) return;
  const bad = Array.isArray(stop) ? stop.findIndex((text) => typeof text !== 'string' || text === '') : 0;
  if (bad >= 0)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message: `stop[${bad}] is no text, or an empty one: every answer would end at once. Leave it out.`,
      details: { option: 'stop' },
    });
}
