/** Which option a model chooses, by each of the usual ways to make options of different length comparable. */
import type { ChoiceItem } from './evaluation-task.js';

/**
 * `accuracy`: by the sum of log-probabilities (acc of lm-evaluation-harness); `accuracyPerCharacter`: divided
 * by the option's characters (its acc_norm); `accuracyPerByte`: by its UTF-8 bytes (acc_bytes);
 * `accuracyPerToken`: by its tokens (CORE of DCLM and nanochat). Each 1 or 0; the first of equals is chosen.
 */
export function judgeChoice(
  { options, correct }: ChoiceItem,
  logProbabilities: readonly number[],
  tokens: readonly number[],
): Record<string, number> {
  const rightBy = (lengthOf: (option: string, index: number) => number): number => {
    const scores = options.map((option, index) => logProbabilities[index]! / lengthOf(option, index));
    return scores.indexOf(Math.max(...scores)) === correct ? 1 : 0;
  };
  return {
    accuracy: rightBy(() => 1),
    accuracyPerCharacter: rightBy((option) => [...option].length),
    accuracyPerByte: rightBy((option) => new TextEncoder().encode(option).length),
    accuracyPerToken: rightBy((_, index) => tokens[index]!),
  };
}
