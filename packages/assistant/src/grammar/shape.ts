/** What a JSON schema allows, as data: the step between its keywords and a grammar. */
import { LlmError } from '@llm/core';
import type { Terminal } from './terminal.js';

export type Shape =
  | { readonly type: 'terminal'; readonly terminal: Terminal }
  | { readonly type: 'choice'; readonly of: readonly Shape[] }
  | ObjectShape
  | ArrayShape
  /** To another part of the schema, which may hold this one. */
  | { readonly type: 'reference'; readonly name: string; target: Shape | undefined };

export interface ObjectShape {
  readonly type: 'object';
  readonly properties: readonly Property[];
  /** Of properties that are not named; undefined: there are none. */
  readonly additional: { readonly key: Terminal; readonly value: Shape } | undefined;
}

export interface Property {
  readonly name: string;
  readonly value: Shape;
  readonly isRequired: boolean;
}

export interface ArrayShape {
  readonly type: 'array';
  /** Of the first items; of those after them `items`, undefined: there are none. */
  readonly prefix: readonly Shape[];
  readonly items: Shape | undefined;
  readonly minimum: number;
  /** May be Infinity. */
  readonly maximum: number;
}

/**
 * The shapes of which some JSON text is written in the end; others lead nowhere. Throws
 * `assistant/schema-unsatisfiable` where `root` is none, and `assistant/schema-unsupported` for a reference
 * to itself with nothing between.
 */
export function satisfiable(root: Shape): ReadonlySet<Shape> {
  const all = reachable(root);
  for (const shape of all) checkLoop(shape);
  const found = new Set<Shape>();
  const isFound = (shape: Shape | undefined): boolean => shape !== undefined && found.has(shape);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const shape of all) if (!found.has(shape) && canBe(shape, isFound)) found.add(shape);
  }
  if (found.has(root)) return found;
  throw new LlmError({
    code: 'assistant/schema-unsatisfiable',
    message:
      'No JSON text satisfies the schema: it needs a part that allows nothing, or that holds itself for ever.',
  });
}

function canBe(shape: Shape, isFound: (shape: Shape | undefined) => boolean): boolean {
  switch (shape.type) {
    case 'terminal':
      return true;
    case 'choice':
      return shape.of.some(isFound);
    case 'reference':
      return isFound(shape.target);
    case 'object':
      return shape.properties.every(({ value, isRequired }) => !isRequired || isFound(value));
    case 'array': {
      const { prefix, items, minimum, maximum } = shape;
      const firsts = prefix.slice(0, minimum);
      return minimum <= maximum && firsts.every(isFound) && (minimum <= prefix.length || isFound(items));
    }
  }
}

function partsOf(shape: Shape): readonly Shape[] {
  switch (shape.type) {
    case 'terminal':
      return [];
    case 'choice':
      return shape.of;
    case 'reference':
      return shape.target === undefined ? [] : [shape.target];
    case 'object':
      return [
        ...shape.properties.map(({ value }) => value),
        ...(shape.additional ? [shape.additional.value] : []),
      ];
    case 'array':
      return shape.items === undefined ? shape.prefix : [...shape.prefix, shape.items];
  }
}

function reachable(root: Shape): Set<Shape> {
  const all = new Set<Shape>();
  const open = [root];
  for (let shape = open.pop(); shape !== undefined; shape = open.pop()) {
    if (all.has(shape)) continue;
    all.add(shape);
    open.push(...partsOf(shape));
  }
  return all;
}

/** A choice or a reference that comes back to itself writes nothing in between. */
function checkLoop(start: Shape): void {
  if (start.type !== 'reference') return;
  const seen = new Set<Shape>();
  const open: Shape[] = [...partsOf(start)];
  for (let shape = open.pop(); shape !== undefined; shape = open.pop()) {
    if (shape === start)
      throw new LlmError({
        code: 'assistant/schema-unsupported',
        message: `${start.name} in the schema refers to itself with nothing between. Correct the schema.`,
        details: { reference: start.name },
      });
    if (seen.has(shape) || (shape.type !== 'choice' && shape.type !== 'reference')) continue;
    seen.add(shape);
    open.push(...partsOf(shape));
  }
}
