import { expect, test } from 'vitest';
import {
  add,
  constantScalar,
  createStatefulSession,
  differentiate,
  div,
  Graph,
  mul,
  neg,
  pow,
  relu,
  sub,
} from './index.js';
import { createNodeExecutor } from './node/index.js';

test('micrograd', async () => {
  const graph = new Graph();
  const a = graph.input('a', 'float32', []);
  const b = graph.input('b', 'float32', []);
  let c = add(a, b);
  let d = add(mul(a, b), pow(b, 3));
  c = add(c, add(c, 1));
  c = add(c, sub(add(1, c), a));
  d = add(d, add(mul(d, 2), relu(add(b, a))));
  d = add(d, add(mul(d, 3), relu(sub(b, a))));
  const e = sub(c, d);
  const f = pow(e, 2);
  let g = div(f, 2);
  g = add(g, div(10, f));
  const [da, db] = differentiate(g, [a, b]);
  graph.output('g', g);
  graph.output('da', da!);
  graph.output('db', db!);
  const s = await createStatefulSession(createNodeExecutor({ threads: 1 }), graph, []);
  const scalar = (x: number) => ({ type: 'float32' as const, shape: [], data: Float32Array.of(x) });
  const out = await s.step({ a: scalar(-4), b: scalar(2) });
  expect(out.g!.data[0]).toBeCloseTo(24.7041, 3);
  expect(out.da!.data[0]).toBeCloseTo(138.8338, 3);
  expect(out.db!.data[0]).toBeCloseTo(645.5773, 3);
});
