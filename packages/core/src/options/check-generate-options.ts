/** What `LanguageModel.generate` refuses: one list for every model, the fakes included. */

import type { GenerateOptions } from '../contracts/language-model.js';
import { checkNumber, checkNumbers } from './check-option.js';

/**
 * Throws `core/option-invalid` naming the option. An implementation checks its further options beside it, and
 * gives the size of its vocabulary, where it has one, for options that name ids.
 */
export function checkGenerateOptions(options: GenerateOptions, vocabularySize?: number): void {
  checkNumber('maxNewTokens', options.maxNewTokens, { minimum: 0, integer: true });
  checkNumbers(options, {
    temperature: { minimum: 0 },
    topK: { minimum: 0, integer: true },
    topP: { minimum: 0, maximum: 1 },
    seed: {},
    topLogProbabilities: { minimum: 0, integer: true },
    vocabularySize: { minimum: 1, integer: true },
    frequencyPenalty: { minimum: -2, maximum: 2 },
    presencePenalty: { minimum: -2, maximum: 2 },
  });
  const ids = { minimum: 0, below: vocabularySize, integer: true };
  for (const [id, bias] of options.logitBias ?? []) {
    checkNumber('an id of logitBias', id, ids);
    checkNumber(`logitBias[${id}]`, bias);
  }
  for (const [index, id] of (options.stopTokens ?? []).entries())
    checkNumber(`stopTokens[${index}]`, id, { minimum: 0, integer: true });
}
