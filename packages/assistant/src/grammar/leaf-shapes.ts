/** Schemas without parts: values that are named, strings and numbers. */
import type { JsonValue } from '@llm/core';
import { byteAutomaton } from './byte-automaton.js';
import type { SchemaObject } from './combined-schemas.js';
import { choice as choiceOf, literal } from './expression.js';
import { formats } from './formats.js';
import { anyInteger, anyNumber, numberRange } from './number-range.js';
import { patternExpression } from './regular-expression.js';
import { invalid, unsupported } from './schema-error.js';
import { countOf, keywordsOf } from './schema-keywords.js';
import type { Shape } from './shape.js';
import { StringTerminal } from './string-terminal.js';
import { LiteralTerminal, type Terminal } from './terminal.js';

export function values(all: readonly JsonValue[]): Shape {
  const texts = [...new Set(all.map((value) => JSON.stringify(value)))];
  if (texts.length === 0) return { type: 'choice', of: [] };
  const terminal =
    texts.length === 1
      ? new LiteralTerminal(texts[0]!)
      : byteAutomaton(`values ${texts.join()}`, () => choiceOf(...texts.map((text) => literal(text))));
  return { type: 'terminal', terminal };
}

export function stringTerminal(schema: SchemaObject, place: string): Terminal {
  const { pattern, format } = schema;
  const minimum = countOf(schema.minLength, place, 'minLength');
  const maximum = countOf(schema.maxLength, place, 'maxLength');
  if (pattern === undefined && format === undefined) {
    if ((minimum ?? 0) > (maximum ?? Number.POSITIVE_INFINITY))
      throw unsupported(place, 'minLength above maxLength');
    return new StringTerminal(minimum, maximum);
  }
  if (minimum !== undefined || maximum !== undefined)
    throw unsupported(
      place,
      `"${minimum === undefined ? 'maxLength' : 'minLength'}" beside "pattern" or "format"`,
    );
  // Libraries write their own pattern beside a format that says it.
  const known = typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined;
  const source = known ?? pattern;
  if (typeof source !== 'string')
    throw unsupported(
      place,
      `the format ${JSON.stringify(format)} (${Object.keys(formats).join(', ')} are known)`,
    );
  return byteAutomaton(`pattern ${source}`, () => patternExpression(source));
}

export function numberShape(schema: SchemaObject, isInteger: boolean, place: string): Shape {
  const bounds: Record<string, number> = {};
  for (const key of keywordsOf.number!) {
    const value = schema[key];
    if (value === undefined) continue;
    if (typeof value === 'boolean') throw unsupported(place, `"${key}" as a boolean (draft 4)`);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(place, `${key} is no number`);
    bounds[key] = value;
  }
  const kind = isInteger ? 'integer' : 'number';
  if (Object.keys(bounds).length === 0)
    return { type: 'terminal', terminal: byteAutomaton(kind, () => (isInteger ? anyInteger : anyNumber)) };
  const expression = numberRange(bounds, isInteger);
  if (expression === undefined) return { type: 'choice', of: [] };
  return { type: 'terminal', terminal: byteAutomaton(`${kind} ${JSON.stringify(bounds)}`, () => expression) };
}
