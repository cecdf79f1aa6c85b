import { type JsonValue, LlmError } from '@llm/core';
import type { PlainError } from './messages.js';

export function plainError(error: unknown): PlainError {
  const { code, message, details, stack } = error as Partial<LlmError>;
  return { code, message: message ?? String(error), details: details ?? {}, stack };
}

/** The error again, with its code; the stack is that of the thread where it arose. */
export function thrownError({ code, message, details, stack }: PlainError): Error {
  const error =
    code === undefined || !code.includes('/')
      ? Object.assign(new Error(message), code === undefined ? {} : { code })
      : new LlmError({ code, message, details: details as Readonly<Record<string, JsonValue>> });
  if (stack !== undefined) error.stack = stack;
  return error;
}
