import { describe, expect, test } from 'vitest';
import { add, mul } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { matMul } from '../functions/matmul.js';
import { concat, reshape, slice } from '../functions/movement.js';
import { Graph } from './graph.js';

describe('Graph', () => {
  test('mistakes are reported where they are made, with the shapes', () => {
    const graph = new Graph();
    const a = graph.input('a', 'float32', [2, 3]);
    const b = graph.input('b', 'float32', [2, 4]);
    const ids = graph.input('ids', 'int32', [2, 3]);
    expect(() => add(a, b)).toThrow('Add: cannot broadcast [2, 3] with [2, 4] (axis 1).');
    expect(() => matMul(a, b)).toThrow('[2, 3] × [2, 4] does not fit');
    expect(() => add(a, ids)).toThrow('"a" is float32 but "ids" is int32');
    expect(() => gather(a, b)).toThrow('must be int32 or int64');
    expect(() => reshape(a, [4, -1])).toThrow('does not fit');
    expect(() => concat([a, b], 0)).toThrow('differ beside axis 0');
    expect(() => graph.input('a', 'float32', [])).toThrow('already used');
    expect(() => graph.input('c', 'float32', [1.5])).toThrow('is not a shape');
    expect(() => graph.node('Nonsense', [a])).toThrow('not in the operator table');
    expect(() => graph.constant([1, 2, 3], [2])).toThrow('3 elements cannot have shape [2]');
    const other = new Graph().input('other', 'float32', [2, 3]);
    expect(() => add(a, other)).toThrow('belongs to another graph');
  });

  test('small constants are stored once', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    add(mul(x, 2), 2);
    expect(graph.constants.length).toBe(1);
  });

  test('symbolic dimensions pass through, meet themselves and name what becomes of them', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 'time', 8]);
    const past = graph.input('past', 'float32', ['batch', 'past', 8]);
    expect(add(x, mul(x, 2)).shape).toEqual(['batch', 'time', 8]);
    expect(concat([past, x], 1).shape).toEqual(['batch', 'past+time', 8]);
    expect(reshape(x, ['batch', 'time', 2, 4]).shape).toEqual(['batch', 'time', 2, 4]);
    expect(reshape(x, [-1, 8]).shape).toEqual(['batch*time', 8]);
    expect(slice(x, 1, -1).shape).toEqual(['batch', 1, 8]);
    expect(() => add(x, past)).toThrow('cannot broadcast');
  });
});
