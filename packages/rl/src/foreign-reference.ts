/**
 * Whether a reference speaks of other tokens than the policy. Models have ids and no words: one of another
 * size is refused, and one of the same size gives itself away by finding what it is asked about less likely
 * than ids drawn by chance.
 */
import { emit, type RunOptions } from '@llm/core';

/** Nats a token below chance, which no reference of the same tokens has been. */
const margin = 1;

export interface ForeignReferenceOptions extends Pick<RunOptions, 'onEvent'> {
  readonly stage: string;
  readonly vocabularySize: number;
}

/** `scores`: log-probabilities of what counts. A `warning` event `rl/reference-foreign`. */
export function warnOfForeignReference(
  scores: Iterable<number>,
  { stage, vocabularySize, onEvent }: ForeignReferenceOptions,
): void {
  let [sum, tokens] = [0, 0];
  for (const score of scores) {
    sum += score;
    tokens++;
  }
  const chance = Math.log(vocabularySize);
  if (tokens === 0 || -sum / tokens <= chance + margin) return;
  emit(onEvent, {
    type: 'warning',
    stage,
    code: 'rl/reference-foreign',
    message: `The reference finds the answers less likely than ids drawn by chance: ${(-sum / tokens).toFixed(1)} nats a token, chance is ${chance.toFixed(1)} of ${vocabularySize} ids. Has it the tokenizer of the policy?`,
  });
}
