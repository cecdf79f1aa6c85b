/** Reads values out of parsed JSON with an error that names the place, e.g. `model.merges[17]`. */
import { LlmError } from '@llm/core';

export type JsonObject = { readonly [key: string]: unknown };

/** A `tokenizer/file-invalid` error about `where` in `file`. */
export function invalidFile(file: string, where: string, problem: string): LlmError {
  return new LlmError({
    code: 'tokenizer/file-invalid',
    message: `${file}: ${where} ${problem}`,
    details: { file, where },
  });
}

export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LlmError({
      code: 'tokenizer/file-invalid',
      message: `${file} is not JSON (${cause instanceof Error ? cause.message : String(cause)}); is the file complete?`,
      details: { file },
      cause,
    });
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(file: string, where: string, value: unknown): JsonObject {
  if (!isObject(value)) throw invalidFile(file, where, `must be an object, and is ${describe(value)}.`);
  return value;
}

export function arrayAt(file: string, where: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidFile(file, where, `must be an array, and is ${describe(value)}.`);
  return value;
}

export function stringAt(file: string, where: string, value: unknown): string {
  if (typeof value !== 'string')
    throw invalidFile(file, where, `must be a string, and is ${describe(value)}.`);
  return value;
}

/** A token id: an integer from 0 to 2^21 - 1. */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1 << 21;
}

export function idAt(file: string, where: string, value: unknown): number {
  if (isId(value)) return value;
  throw invalidFile(file, where, `must be a token id from 0 to 2097151, and is ${describe(value)}.`);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
