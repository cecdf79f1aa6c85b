/** An error as one line for the user; with `verbose` also where it came from. */
import { LlmError } from '@llm/core';
import { describeSystemError } from '../system-error.js';
import { shownLine } from './shown-text.js';

export function describeError(error: unknown, verbose: boolean): string {
  const stack = verbose && error instanceof Error ? `\n${error.stack}` : '';
  if (LlmError.isInstance(error)) return `${shownLine(`error: ${error.message} [${error.code}]`)}${stack}`;
  const system = describeSystemError(error);
  if (system !== undefined) return `${shownLine(`error: ${system}`)}${stack}`;
  const message = error instanceof Error ? error.message : String(error);
  return `${shownLine(`error: something went wrong inside: ${message}`)}${verbose ? stack : ' (--verbose shows where)'}`;
}
