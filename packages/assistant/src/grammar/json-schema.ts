/**
 * JSON schema (draft 7 to 2020-12) → shapes. What is written satisfies the schema, but not all that satisfies
 * it is written: objects have the named properties, in the schema's order, and others only where
 * `additionalProperties` asks for them; numbers have at most 15 digits; where no `type` is given, the type
 * that the other keywords speak of is meant. A keyword that answers cannot be held to is refused by name.
 */
import type { JsonValue } from '@llm/core';
import { byteAutomaton } from './byte-automaton.js';
import { areDisjoint, joined, type SchemaObject } from './combined-schemas.js';
import { freeKeys } from './free-keys.js';
import { numberShape, stringTerminal, values } from './leaf-shapes.js';
import { anyNumber } from './number-range.js';
import { invalid, unsupported } from './schema-error.js';
import {
  additionalOf,
  annotations,
  countOf,
  impliedTypes,
  isOf,
  keywordsOf,
  known,
  listOf,
  typesOf,
  withType,
} from './schema-keywords.js';
import type { ObjectShape, Property, Shape } from './shape.js';
import { StringTerminal } from './string-terminal.js';
import type { Terminal } from './terminal.js';

/** A minItems above it would be a text without end. */
const maximumItems = 10_000;

/** Throws `assistant/schema-unsupported`, `assistant/schema-invalid` or `assistant/schema-too-large`. */
export function schemaShape(schema: JsonValue): Shape {
  return new SchemaReader(schema).read(schema, '#');
}

class SchemaReader {
  readonly #references = new Map<string, Extract<Shape, { readonly type: 'reference' }>>();
  #any: Shape | undefined;

  constructor(private readonly root: JsonValue) {}

  read(schema: JsonValue, place: string): Shape {
    if (schema === true) return this.#anyValue();
    if (schema === false) return { type: 'choice', of: [] };
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
      throw invalid(
        place,
        `a schema is an object or a boolean, and this is ${JSON.stringify(schema)?.slice(0, 60)}`,
      );
    return this.#readObject(schema as SchemaObject, place);
  }

  #readObject(schema: SchemaObject, place: string): Shape {
    const keys = Object.keys(schema).filter((key) => !annotations.has(key) && !key.startsWith('x-'));
    const foreign = keys.find((key) => !known.has(key));
    if (foreign !== undefined) throw unsupported(place, `"${foreign}"`);
    const alone = (key: string, ...others: readonly string[]): void => {
      const beside = keys.find((other) => other !== key && !others.includes(other));
      if (beside !== undefined) throw unsupported(place, `"${beside}" beside "${key}"`);
    };
    if (schema.$ref !== undefined) {
      alone('$ref');
      return this.#reference(schema.$ref, place);
    }
    if (schema.allOf !== undefined) {
      const parts = listOf(schema.allOf, place, 'allOf').map((part, i) =>
        this.#resolved(part, `${place}/allOf/${i}`),
      );
      const { allOf: _, ...rest } = schema;
      return this.read(joined([rest, ...parts], place), place);
    }
    if (schema.const !== undefined) {
      alone('const', 'type');
      return values([schema.const]);
    }
    if (schema.enum !== undefined) {
      alone('enum', 'type');
      const types = typesOf(schema, place);
      return values(
        listOf(schema.enum, place, 'enum').filter(
          (value) => types === undefined || types.some((type) => isOf(type, value)),
        ),
      );
    }
    for (const key of ['anyOf', 'oneOf'] as const) {
      if (schema[key] === undefined) continue;
      alone(key, 'type');
      const parts = listOf(schema[key], place, key);
      if (
        key === 'oneOf' &&
        !areDisjoint(parts.map((part, i) => this.#resolved(part, `${place}/${key}/${i}`)))
      )
        throw unsupported(
          place,
          '"oneOf" whose parts do not exclude each other by type or by a property\'s const',
        );
      const typed = parts.map((part) => withType(part, schema.type, place));
      return { type: 'choice', of: typed.map((part, i) => this.read(part, `${place}/${key}/${i}`)) };
    }
    const types = typesOf(schema, place) ?? impliedTypes(keys);
    if (types === undefined) return this.#anyValue();
    for (const key of keys)
      if (key !== 'type' && !types.some((type) => keywordsOf[type]!.includes(key)))
        throw unsupported(place, `"${key}" for the type ${types.join(' or ')}`);
    const shapes = types.map((type) => this.#readType(type, schema, place));
    return shapes.length === 1 ? shapes[0]! : { type: 'choice', of: shapes };
  }

  #readType(type: string, schema: SchemaObject, place: string): Shape {
    switch (type) {
      case 'object':
        return this.#readProperties(schema, place);
      case 'array':
        return this.#readItems(schema, place);
      case 'string':
        return { type: 'terminal', terminal: stringTerminal(schema, place) };
      case 'number':
      case 'integer':
        return numberShape(schema, type === 'integer', place);
      case 'boolean':
        return values([true, false]);
      default:
        return values([null]);
    }
  }

  #readProperties(schema: SchemaObject, place: string): ObjectShape {
    const given = schema.properties ?? {};
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw invalid(place, 'properties is no object');
    const required = listOf(schema.required ?? [], place, 'required');
    const named = Object.entries(given as SchemaObject);
    // What is required without being described may be anything.
    for (const name of required) {
      if (typeof name !== 'string') throw invalid(place, 'required holds something that is no name');
      if (!Object.hasOwn(given, name)) named.push([name, schema.additionalProperties ?? true]);
    }
    const properties = named.map(
      ([name, part]): Property => ({
        name,
        value: this.read(part, `${place}/properties/${name}`),
        isRequired: required.includes(name),
      }),
    );
    const isOpen = schema.properties === undefined && schema.required === undefined;
    const additional = additionalOf(schema) ?? isOpen;
    if (additional === false) return { type: 'object', properties, additional: undefined };
    const key = this.#keyTerminal(
      schema.propertyNames,
      properties.map(({ name }) => name),
      place,
    );
    return {
      type: 'object',
      properties,
      additional: { key, value: this.read(additional, `${place}/additionalProperties`) },
    };
  }

  #keyTerminal(names: JsonValue | undefined, taken: readonly string[], place: string): Terminal {
    const shape = names === undefined ? undefined : this.read(names, `${place}/propertyNames`);
    const isPlain = typeof names === 'object' && names !== null && Object.keys(names).join() === 'type';
    if (shape === undefined || isPlain) return freeKeys(taken);
    if (shape.type !== 'terminal' || taken.length > 0)
      throw unsupported(place, '"propertyNames" that is more than one kind of string, or beside properties');
    return shape.terminal;
  }

  #readItems(schema: SchemaObject, place: string): Shape {
    if (schema.uniqueItems === true) throw unsupported(place, '"uniqueItems"');
    const isOld = Array.isArray(schema.items);
    const prefix = listOf((isOld ? schema.items : schema.prefixItems) ?? [], place, 'prefixItems');
    const rest = (isOld ? schema.additionalItems : schema.items) ?? prefix.length === 0;
    const minimum = countOf(schema.minItems, place, 'minItems') ?? prefix.length;
    const maximum = countOf(schema.maxItems, place, 'maxItems') ?? Number.POSITIVE_INFINITY;
    if (minimum > maximumItems) throw unsupported(place, `"minItems" above ${maximumItems}`);
    return {
      type: 'array',
      prefix: prefix.map((part, i) => this.read(part, `${place}/prefixItems/${i}`)),
      items: rest === false ? undefined : this.read(rest, `${place}/items`),
      minimum,
      maximum: rest === false ? Math.min(maximum, prefix.length) : maximum,
    };
  }

  #anyValue(): Shape {
    if (this.#any !== undefined) return this.#any;
    const of: Shape[] = [];
    const any: Shape = { type: 'choice', of };
    this.#any = any;
    of.push(
      values([true, false, null]),
      { type: 'terminal', terminal: new StringTerminal() },
      { type: 'terminal', terminal: byteAutomaton('number', () => anyNumber) },
      { type: 'array', prefix: [], items: any, minimum: 0, maximum: Number.POSITIVE_INFINITY },
      { type: 'object', properties: [], additional: { key: freeKeys([]), value: any } },
    );
    return any;
  }

  #reference(pointer: JsonValue, place: string): Shape {
    const found = this.#lookUp(pointer, place);
    const name = String(pointer);
    const known = this.#references.get(name);
    if (known !== undefined) return known;
    const reference: Shape = { type: 'reference', name, target: undefined };
    this.#references.set(name, reference);
    reference.target = this.read(found, name);
    return reference;
  }

  /** A part with its `$ref` followed, to be looked at. */
  #resolved(part: JsonValue, place: string): SchemaObject {
    let found = part;
    for (let steps = 0; steps < 32; steps++) {
      if (typeof found !== 'object' || found === null || Array.isArray(found))
        throw unsupported(place, 'a part that is no object');
      const { $ref } = found as SchemaObject;
      if ($ref === undefined) return found as SchemaObject;
      found = this.#lookUp($ref, place);
    }
    throw unsupported(place, 'a $ref that leads to itself');
  }

  #lookUp(pointer: JsonValue, place: string): JsonValue {
    if (typeof pointer !== 'string' || !pointer.startsWith('#'))
      throw unsupported(place, `the $ref ${JSON.stringify(pointer).slice(0, 80)}, which leads out of it`);
    let found: JsonValue | undefined = this.root;
    for (const step of pointer.slice(1).split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      const isThere: boolean = typeof found === 'object' && found !== null && Object.hasOwn(found, key);
      found = isThere ? (found as Readonly<Record<string, JsonValue>>)[key] : undefined;
    }
    if (found === undefined || (pointer !== '#' && !pointer.startsWith('#/')))
      throw invalid(place, `there is no ${pointer.slice(0, 80)}`);
    return found;
  }
}
