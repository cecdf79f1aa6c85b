/** What every store says about a key it does not hold. */
import { LlmError } from '../errors.js';

/** `place`: where was looked, as the user knows it. */
export function artifactMissing(key: string, place: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'core/artifact-missing',
    message: `There is no artifact "${key}" in ${place}. Run the stage that writes it first.`,
    details: { key, place },
    cause,
  });
}
