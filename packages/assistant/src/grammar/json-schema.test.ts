/**
 * Whatever tokens are drawn among those that a schema allows, the text is JSON that satisfies the schema: by
 * zod's own reading of JSON schema, and, for what zod leaves open, by hand.
 */
import { createRandom, type JsonValue, LlmError, type Random } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tinyTokenizer } from '../fixtures/tiny-tokenizer.js';
import { schemaShape } from './json-schema.js';
import { GrammarMatcher } from './matcher.js';
import { rulesOf } from './rules.js';
import { trieOf } from './token-trie.js';

const tokenizer = await tinyTokenizer();
const trie = trieOf(tokenizer);
const stop = tokenizer.specialTokens.get('<|assistant_end|>')!;

/** Draws uniformly; after a while rather what closes something, so that texts end. */
function draw(schema: JsonValue, random: Random, patience = 40): string {
  const matcher = new GrammarMatcher(rulesOf(schemaShape(schema)), trie, [stop]);
  const ids: number[] = [];
  for (let step = 0; step < 4000; step++) {
    if (matcher.isComplete) return tokenizer.decode(ids);
    const mask = matcher.mask();
    const allowed: number[] = [];
    for (let id = 0; id < tokenizer.vocabularySize; id++)
      if (((mask[id >> 5]! >>> (id & 31)) & 1) === 1) allowed.push(id);
    if (allowed.length === 0) throw new Error(`no token after ${tokenizer.decode(ids)}`);
    const closing = allowed.filter((id) => id === stop || /^["\]}][,\]}]?$/.test(tokenizer.decode([id])));
    const chosen = step > patience && closing.length > 0 ? closing : allowed;
    const id = chosen[random.integer(chosen.length)]!;
    if (id === stop) return tokenizer.decode(ids);
    ids.push(id);
    if (!matcher.accept(id, tokenizer.tokenBytes(id))) throw new Error(`refused ${tokenizer.decode(ids)}`);
  }
  throw new Error(`no end: ${tokenizer.decode(ids).slice(0, 300)}`);
}

function check(schema: JsonValue, text: string): void {
  const value = JSON.parse(text) as unknown;
  const result = z.fromJSONSchema(schema as never).safeParse(value);
  if (!result.success) throw new Error(`${JSON.stringify(schema)}\n${text}\n${result.error.message}`);
}

const fixed: Readonly<Record<string, JsonValue>> = {
  object: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a'] },
  'all optional': {
    type: 'object',
    properties: { a: { type: 'null' }, b: { type: 'boolean' }, c: { const: 3 } },
  },
  'others too': {
    type: 'object',
    properties: { a: { type: 'integer' }, ab: { type: 'integer' }, 'x"y': { type: 'integer' } },
    additionalProperties: { type: 'boolean' },
  },
  'any object': { type: 'object' },
  anything: {},
  'lists of lists': {
    type: 'array',
    items: { type: 'array', items: { type: 'number' }, maxItems: 2 },
    minItems: 1,
    maxItems: 3,
  },
  tuple: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'boolean' }], items: false },
  enum: { enum: ['a', 'ab', 'b"c', 1, null] },
  lengths: { type: 'string', minLength: 2, maxLength: 5 },
  integers: { type: 'integer', minimum: -37, maximum: 1205 },
  'integers below zero': { type: 'integer', exclusiveMaximum: -9, minimum: -1000 },
  'a share': { type: 'number', minimum: 0, maximum: 1 },
  'a narrow range': { type: 'number', exclusiveMinimum: 0.25, exclusiveMaximum: 0.3 },
  pattern: { type: 'string', pattern: '^(?:[A-Z]{2,3}-\\d+|x[^"a-y]?)$' },
  'pattern with a quote': { type: 'string', pattern: '^[ -~]{0,2}a+"b$' },
  nullable: { type: ['string', 'null'], maxLength: 3 },
  'any of': { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'null' } }] },
  recursive: {
    type: 'object',
    properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#' } } },
    required: ['value', 'children'],
    additionalProperties: false,
  },
  definitions: {
    $defs: {
      tree: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] },
      node: {
        type: 'object',
        properties: { left: { $ref: '#/$defs/tree' }, right: { $ref: '#/$defs/tree' } },
        required: ['left', 'right'],
        additionalProperties: false,
      },
    },
    $ref: '#/$defs/node',
  },
  'all of': {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { properties: { b: { type: 'string' } }, required: ['b'] },
    ],
  },
  'tagged union': {
    oneOf: [
      {
        type: 'object',
        properties: { kind: { const: 'a' }, x: { type: 'integer' } },
        required: ['kind', 'x'],
      },
      {
        type: 'object',
        properties: { kind: { const: 'b' }, y: { type: 'string' } },
        required: ['kind', 'y'],
      },
    ],
  },
};

describe('every text satisfies its schema', () => {
  test.each(Object.entries(fixed))('%s', (name, schema) => {
    const random = createRandom(1, name);
    for (let round = 0; round < 12; round++) check(schema, draw(schema, random));
  });

  test.each(['date', 'time', 'date-time', 'email', 'ipv4', 'ipv6', 'uuid', 'uri', 'hostname', 'duration'])(
    'format %s',
    (format) => {
      const random = createRandom(2, format);
      for (let round = 0; round < 12; round++)
        check({ type: 'string', format }, draw({ type: 'string', format }, random));
    },
  );

  test('four hundred drawn schemas', () => {
    const random = createRandom(3);
    for (let round = 0; round < 400; round++) {
      const schema = drawSchema(random, 3);
      check(schema, draw(schema, random, 25));
    }
  });

  test('what zod writes for its own types is taken', () => {
    const random = createRandom(4);
    const schema = z.object({
      id: z.uuid(),
      when: z.iso.datetime(),
      tags: z.array(z.string().max(4)).max(2),
      kind: z.enum(['a', 'b']),
      n: z.int().min(3).optional(),
      map: z.record(z.string(), z.boolean()),
      either: z.discriminatedUnion('t', [
        z.object({ t: z.literal(1) }),
        z.object({ t: z.literal(2), v: z.null() }),
      ]),
    });
    for (let round = 0; round < 10; round++) {
      const text = draw(z.toJSONSchema(schema) as JsonValue, random);
      expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
    }
  });
});

function drawSchema(random: Random, depth: number): JsonValue {
  const one = <T>(of: readonly T[]): T => of[random.integer(of.length)]!;
  const leaf = (): JsonValue => {
    const low = random.integer(400) - 200;
    const size = random.integer(6);
    return one<() => JsonValue>([
      () => ({ type: 'string', minLength: size, maxLength: size + random.integer(5) }),
      () => ({
        type: 'string',
        pattern: one(['^a*b$', '^[ -Z]{0,2}[0-9]{3}$', '^\\w{1,4}$', '^(no|yes)\\s?$']),
      }),
      () => ({ type: 'integer', minimum: low, maximum: low + random.integer(3000) }),
      () => ({ type: 'number', minimum: low / 8, maximum: low / 8 + 1 + random.integer(90) }),
      () => ({ type: one(['boolean', 'null', 'integer', 'number', 'string']) }),
      () => ({ enum: ['x', 'xy', low] }),
    ])();
  };
  if (depth === 0 || random.uniform() < 0.25) return leaf();
  const kind = random.integer(3);
  if (kind === 0) {
    const minItems = random.integer(3);
    return {
      type: 'array',
      items: drawSchema(random, depth - 1),
      minItems,
      maxItems: minItems + random.integer(3),
    };
  }
  if (kind === 1) return { anyOf: [drawSchema(random, depth - 1), drawSchema(random, depth - 1)] };
  const names = ['a', 'ab', 'name', 'ż', 'q"t'].slice(0, 1 + random.integer(5));
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, drawSchema(random, depth - 1)])),
    required: names.filter(() => random.uniform() < 0.5),
    additionalProperties: random.uniform() < 0.7 ? false : { type: 'null' },
  };
}

describe('what answers cannot be held to is refused by name', () => {
  test.each<[JsonValue, string, string]>([
    [{ type: 'string', pattern: '(?=a)b' }, 'assistant/schema-unsupported', 'lookaround'],
    [
      { type: 'string', pattern: '\\bword' },
      'assistant/schema-unsupported',
      '"\\\\b"'.replaceAll('\\\\', '\\'),
    ],
    [{ not: { type: 'string' } }, 'assistant/schema-unsupported', '"not"'],
    [{ type: 'array', items: {}, uniqueItems: true }, 'assistant/schema-unsupported', '"uniqueItems"'],
    [{ type: 'number', multipleOf: 3 }, 'assistant/schema-unsupported', '"multipleOf"'],
    [
      { oneOf: [{ type: 'integer' }, { type: 'number' }] },
      'assistant/schema-unsupported',
      'exclude each other',
    ],
    [{ $ref: 'https://example.org/a.json' }, 'assistant/schema-unsupported', 'leads out of it'],
    [{ $ref: '#/$defs/gone' }, 'assistant/schema-invalid', 'there is no #/$defs/gone'],
    [{ $ref: '#' }, 'assistant/schema-unsupported', 'refers to itself'],
    [{ type: 'strng' }, 'assistant/schema-invalid', 'no type "strng"'],
    [
      { type: 'object', properties: { a: { type: 'integer', maxLength: 3 } } },
      'assistant/schema-unsupported',
      '#/properties/a',
    ],
    [
      {
        type: 'object',
        properties: { next: { $ref: '#' } },
        required: ['next'],
        additionalProperties: false,
      },
      'assistant/schema-unsatisfiable',
      'holds itself for ever',
    ],
    [{ type: 'integer', minimum: 5, maximum: 4 }, 'assistant/schema-unsatisfiable', 'allows nothing'],
    [{ type: 'string', pattern: '(a{999}){999}' }, 'assistant/schema-too-large', 'states'],
  ])('%j', (schema, code, text) => {
    let error: unknown;
    try {
      rulesOf(schemaShape(schema));
    } catch (thrown) {
      error = thrown;
    }
    expect(LlmError.isInstance(error) && error.code).toBe(code);
    expect((error as Error).message).toContain(text);
  });
});

test('control tokens are no text: none is ever allowed inside a string', () => {
  const matcher = new GrammarMatcher(rulesOf(schemaShape({ type: 'string' })), trie, [stop]);
  for (const id of tokenizer.encode('"a')) matcher.accept(id, tokenizer.tokenBytes(id));
  const mask = matcher.mask();
  for (const id of tokenizer.specialTokens.values()) expect((mask[id >> 5]! >>> (id & 31)) & 1).toBe(0);
});
