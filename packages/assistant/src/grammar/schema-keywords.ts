/** What keywords there are, of which types they speak, and their values as lists, counts and types. */
import type { JsonValue } from '@llm/core';
import type { SchemaObject } from './combined-schemas.js';
import { invalid, unsupported } from './schema-error.js';

/** Say something about a schema and nothing about values. */
export const annotations = new Set(
  '$schema $id $comment $defs definitions title description default examples example deprecated readOnly writeOnly $anchor contentEncoding contentMediaType strict nullable'.split(
    ' ',
  ),
);

export const keywordsOf: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
};
const general = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];
export const known = new Set([...general, ...Object.values(keywordsOf).flat()]);

export function additionalOf(schema: SchemaObject): JsonValue | undefined {
  const { additionalProperties: given, properties } = schema;
  // {} is what libraries write for "not strict"; it asks for nothing.
  return given === undefined && properties !== undefined ? false : given;
}

export function typesOf({ type }: SchemaObject, place: string): readonly string[] | undefined {
  if (type === undefined) return undefined;
  const types = Array.isArray(type) ? (type as readonly JsonValue[]) : [type];
  for (const each of types)
    if (typeof each !== 'string' || !Object.hasOwn(keywordsOf, each))
      throw invalid(place, `there is no type ${JSON.stringify(each)}`);
  return types as readonly string[];
}

/** The type that keywords speak of. */
export function impliedTypes(keys: readonly string[]): readonly string[] | undefined {
  const found = ['object', 'array', 'string', 'number'].filter((type) =>
    keys.some((key) => keywordsOf[type]!.includes(key)),
  );
  return found.length === 0 ? undefined : found;
}

export function isOf(type: string, value: JsonValue): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

export function withType(part: JsonValue, type: JsonValue | undefined, place: string): JsonValue {
  if (type === undefined) return part;
  if (typeof part !== 'object' || part === null || Array.isArray(part))
    throw unsupported(place, '"type" beside a boolean');
  const own = (part as SchemaObject).type;
  if (own !== undefined && JSON.stringify(own) !== JSON.stringify(type))
    throw unsupported(place, 'another "type" in a part than beside it');
  if ((part as SchemaObject).$ref !== undefined) throw unsupported(place, '"type" beside a $ref');
  return { ...(part as SchemaObject), type };
}

export function listOf(value: JsonValue, place: string, key: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw invalid(place, `${key} is no list`);
}

export function countOf(value: JsonValue | undefined, place: string, key: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(place, `${key} is ${JSON.stringify(value)}, which is no count`);
}
