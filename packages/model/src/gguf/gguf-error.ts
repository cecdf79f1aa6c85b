/** The two ways a GGUF file is refused. */
import { LlmError } from '@llm/core';

/** What the file says of itself cannot be so. */
export function invalidGguf(file: string, what: string, byte: number): LlmError {
  return new LlmError({
    code: 'model/gguf-invalid',
    message: `${file} is not a usable GGUF file: ${what} (byte ${byte}). Fetch or write it again.`,
    details: { file, byte },
  });
}

/** The file may be sound, but says something that is not read here. */
export function unsupportedGguf(file: string, what: string): LlmError {
  return new LlmError({
    code: 'model/gguf-unsupported',
    message: `${file} cannot be read: ${what}.`,
    details: { file },
  });
}
