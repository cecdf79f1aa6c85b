/** How a model is to be sampled, as its generation_config.json says it (transformers' `GenerationConfig`). */
import { LlmError } from '@llm/core';
import type { SamplingChoice } from '../assistant.js';

/**
 * As in transformers, a file that does not ask for sampling (`do_sample: true`) means greedy, and without a
 * file there is no choice. Throws `assistant/generation-config-invalid`.
 */
export function generationDefaults(text: string | undefined): SamplingChoice {
  if (text === undefined) return {};
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    throw invalid('it is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid('it is no JSON object');
  const read = (key: string, isValid: (value: number) => boolean): number | undefined => {
    const value = json[key] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value) || !isValid(value))
      throw invalid(`its ${key} is ${JSON.stringify(value).slice(0, 40)}`);
    return value;
  };
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  const sampled: SamplingChoice = {
    temperature: read('temperature', (value) => value >= 0),
    topK: read('top_k', (value) => Number.isInteger(value) && value >= 0),
    topP: read('top_p', isShare),
    minP: read('min_p', isShare),
  };
  const repetitionPenalty = read('repetition_penalty', (value) => value > 0);
  return json.do_sample === true ? { ...sampled, repetitionPenalty } : { temperature: 0, repetitionPenalty };
}

function invalid(problem: string): LlmError {
  return new LlmError({
    code: 'assistant/generation-config-invalid',
    message: `generation_config.json cannot be used: ${problem}. Correct or delete it.`,
  });
}
