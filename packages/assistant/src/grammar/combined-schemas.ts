/** `allOf` as one schema, and whether the parts of a `oneOf` exclude each other. */
import type { JsonValue } from '@llm/core';
import { unsupported } from './schema-error.js';

export type SchemaObject = Readonly<Record<string, JsonValue>>;

/** Throws `assistant/schema-unsupported` where two parts speak of the same in different words. */
export function joined(parts: readonly SchemaObject[], place: string): SchemaObject {
  const result: Record<string, JsonValue> = {};
  for (const part of parts)
    for (const [key, value] of Object.entries(part)) {
      const before = result[key];
      if (before === undefined || JSON.stringify(before) === JSON.stringify(value)) result[key] = value;
      else if (key === 'required')
        result[key] = [...new Set([...(before as JsonValue[]), ...(value as JsonValue[])])];
      else if (key === 'properties')
        result[key] = joinedProperties(before as SchemaObject, value as SchemaObject, place);
      else if (!['title', 'description', 'default', 'examples', '$id', '$comment'].includes(key))
        throw unsupported(place, `"allOf" whose parts differ in "${key}"`);
    }
  // A closed part allows no property of another one.
  const isClosed = parts.some((part) => part.additionalProperties === false);
  const names = Object.keys((result.properties ?? {}) as SchemaObject);
  if (isClosed)
    for (const part of parts) {
      const own = (part.properties ?? {}) as SchemaObject;
      if (part.additionalProperties === false && names.some((name) => !Object.hasOwn(own, name)))
        throw unsupported(place, '"allOf" of which one part forbids the properties of another');
    }
  return result;
}

function joinedProperties(before: SchemaObject, after: SchemaObject, place: string): SchemaObject {
  const result: Record<string, JsonValue> = { ...before };
  for (const [name, value] of Object.entries(after)) {
    if (result[name] !== undefined && JSON.stringify(result[name]) !== JSON.stringify(value))
      throw unsupported(place, `"allOf" whose parts differ in the property "${name}"`);
    result[name] = value;
  }
  return result;
}

/** By type, or by the value of a property that both require: what libraries write for tagged unions. */
export function areDisjoint(parts: readonly SchemaObject[]): boolean {
  return parts.every((part, i) => parts.slice(i + 1).every((other) => excludes(part, other)));
}

function excludes(a: SchemaObject, b: SchemaObject): boolean {
  const [ofA, ofB] = [valuesOf(a), valuesOf(b)];
  if (ofA !== undefined && ofB !== undefined) return !ofA.some((value) => ofB.includes(value));
  const [typesA, typesB] = [typesIn(a, ofA), typesIn(b, ofB)];
  if (typesA !== undefined && typesB !== undefined && !typesA.some((type) => typesB.includes(type)))
    return true;
  const required = (schema: SchemaObject): readonly string[] =>
    (Array.isArray(schema.required) ? schema.required : []) as readonly string[];
  const [propertiesA, propertiesB] = [a.properties, b.properties] as SchemaObject[];
  return required(a).some((name) => {
    if (!required(b).includes(name)) return false;
    const [left, right] = [propertiesA?.[name], propertiesB?.[name]] as (SchemaObject | undefined)[];
    const [tagsA, tagsB] = [left && valuesOf(left), right && valuesOf(right)];
    return tagsA !== undefined && tagsB !== undefined && !tagsA.some((tag) => tagsB.includes(tag));
  });
}

/** As JSON, where the schema lists them. */
function valuesOf(schema: SchemaObject): readonly string[] | undefined {
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  return Array.isArray(schema.enum) ? schema.enum.map((value) => JSON.stringify(value)) : undefined;
}

function typesIn(schema: SchemaObject, values: readonly string[] | undefined): readonly string[] | undefined {
  if (values !== undefined)
    return values.flatMap((value) => {
      const parsed = JSON.parse(value) as JsonValue;
      if (parsed === null) return ['null'];
      if (Array.isArray(parsed)) return ['array'];
      return typeof parsed === 'number' ? ['number'] : [typeof parsed];
    });
  const { type } = schema;
  if (type === undefined) return undefined;
  // Every integer is a number.
  return [type].flat().map((each) => (each === 'integer' ? 'number' : String(each)));
}
