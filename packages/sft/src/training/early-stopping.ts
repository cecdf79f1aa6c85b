/**
 * Ends training when a measurement no longer gets better, as Hugging Face's `EarlyStoppingCallback`. It looks
 * at the measurements of the running call: a run that is resumed is patient anew.
 */
import { checkNumbers } from '@llm/core';
import type { Metrics } from '@llm/core/training';

export interface EarlyStoppingOptions {
  /** Measurements in a row without a better one. Default 3. */
  readonly patience?: number | undefined;
  /** How much lower counts as better. Default 0. */
  readonly minimumDelta?: number | undefined;
  /** Which metric; lower is better. Default `eval_loss`. */
  readonly metric?: string | undefined;
}

/** For the training loop's `stopWhen`. Throws `core/option-invalid`. */
export function stopsEarly(
  options: EarlyStoppingOptions,
): (evaluations: ReadonlyMap<number, Metrics>) => boolean {
  checkNumbers(options, { patience: { minimum: 1, integer: true }, minimumDelta: { minimum: 0 } });
  const { patience = 3, minimumDelta = 0, metric = 'eval_loss' } = options;
  return (evaluations) => {
    let best = Number.POSITIVE_INFINITY;
    let worse = 0;
    for (const values of evaluations.values()) {
      const value = values[metric];
      if (value === undefined) continue;
      if (value < best - minimumDelta) worse = 0;
      else worse++;
      best = Math.min(best, value);
    }
    return worse >= patience;
  };
}
