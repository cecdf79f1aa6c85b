import { LlmError } from '@llm/core';

/** Throws `miniweb/invalid-option` for an option outside `least`…`most`. */
export function checkRange(name: string, value: number, least: number, most: number, whole = false): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new LlmError({
    code: 'miniweb/invalid-option',
    message: `${name} is ${value}. Give a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`,
    details: { name, value },
  });
}
