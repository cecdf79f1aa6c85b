/** Files of JSON Lines that another flag than `--conversations` names: its errors name that flag. */
import { LlmError } from '@llm/core';
import { findInputs } from '../inputs/find-inputs.js';

/** Throws what `findInputs` throws. */
export function findRows(
  flag: '--tasks' | '--pairs',
  given: readonly string[],
): ReturnType<typeof findInputs> {
  try {
    return findInputs('conversations', given);
  } catch (error) {
    if (!LlmError.isInstance(error)) throw error;
    const { code, message, details } = error;
    throw new LlmError({ code, message: message.replace('--conversations', flag), details, cause: error });
  }
}
