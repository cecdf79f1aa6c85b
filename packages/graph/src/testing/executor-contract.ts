/**
 * What every executor must do: the same numbers as the reference interpreter for every operator family, named
 * fetches, state that moves, several batch shapes over one state, clear errors.
 */
import type { Executor, GraphSession } from '../execution/executor.js';
import { createStatefulSession, type StatefulSession } from '../execution/stateful-session.js';
import { mul } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { matMul } from '../functions/matmul.js';
import { reduceSum } from '../functions/reduce.js';
import { Graph } from '../graph/graph.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import { referenceExecutor } from '../reference/reference-executor.js';
import type { HostTensor } from '../tensors/tensor.js';
import type { ContractTools } from './contract-tools.js';
import { SmallTrainingTask } from './small-training-task.js';

const task = new SmallTrainingTask({ width: 8, vocabulary: 11 });

function createFor(executor: Executor, graph: Graph): Promise<GraphSession> {
  return executor.createSession(serializeOnnx(graph, { target: executor.target }));
}

async function train(
  session: StatefulSession,
  rows: number,
  columns: number,
  steps: number,
): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { loss } = await session.step(task.batch(rows, columns, step));
    losses.push(loss!.data[0] as number);
  }
  return losses;
}

const greatestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, index) => Math.abs(value - b[index]!)).reduce((x, y) => Math.max(x, y), 0);

export function executorContract({ test, expect }: ContractTools, create: () => Executor): void {
  test('five training steps agree with the reference interpreter and are the same to the bit when repeated', async () => {
    const runs: { losses: number[]; state: Map<string, HostTensor> }[] = [];
    for (const executor of [create(), create(), referenceExecutor]) {
      const session = await createStatefulSession(executor, task.graph(2, 4), task.state);
      await session.writeState(task.initialState());
      const losses = await train(session, 2, 4, 5);
      runs.push({ losses, state: await session.readState() });
      await session.dispose();
    }
    const [first, second, reference] = runs;
    expect(first!.losses).toEqual(second!.losses);
    expect(greatestDifference(first!.losses, reference!.losses)).toBeLessThan(1e-4);
    for (const name of task.names) {
      const [a, b, c] = runs.map((run) => run.state.get(name)!.data as Float32Array);
      expect([...a!], name).toEqual([...b!]);
      expect(greatestDifference(a!, c!), name).toBeLessThan(1e-4);
      expect(greatestDifference(a!, task.initialState().get(name)!.data as Float32Array) > 1e-3, name).toBe(
        true,
      );
    }
  });

  test('sessions of two batch shapes train one state, and a reading session sees it', async () => {
    const executor = create();
    const small = await createStatefulSession(executor, task.graph(1, 3), task.state);
    const large = await createStatefulSession(executor, task.graph(2, 5), task.state, {
      buffers: small.buffers,
    });
    const reader = new Graph();
    reader.output('total', reduceSum(reader.input('embedding', 'float32', task.shape('embedding'))));
    const reading = await createStatefulSession(executor, reader, [{ input: 'embedding' }], {
      buffers: small.buffers,
    });
    await small.writeState(task.initialState());
    await train(small, 1, 3, 1);
    await train(large, 2, 5, 2);
    await train(small, 1, 3, 1);
    const current = (await large.readState()).get('embedding')!.data as Float32Array;
    expect([...current]).toEqual([...((await small.readState()).get('embedding')!.data as Float32Array)]);
    const { total } = await reading.step({});
    const sum = current.reduce((a, b) => a + b, 0);
    expect(Math.abs((total!.data[0] as number) - sum)).toBeLessThan(1e-4);
    for (const session of [small, large, reading]) await session.dispose();
  });

  test('a step that is not committed leaves the state as it was', async () => {
    const session = await createStatefulSession(create(), task.graph(1, 3), task.state);
    await session.writeState(task.initialState());
    const { loss } = await session.step(task.batch(1, 3, 0), ['loss'], () => false);
    for (const name of task.names) {
      expect([...(await session.readState()).get(name)!.data]).toEqual([
        ...task.initialState().get(name)!.data,
      ]);
    }
    const again = await session.step(task.batch(1, 3, 0), ['loss']);
    expect(again.loss!.data[0]).toBe(loss!.data[0]);
    await session.dispose();
  });

  test('fetches name what is computed', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    graph.output('double', mul(x, 2));
    graph.output('square', mul(x, x));
    const session = await createFor(create(), graph);
    const feeds = { x: { type: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) } } as const;
    expect(Object.keys(await session.run(feeds, ['square']))).toEqual(['square']);
    const { double } = await session.run(feeds, ['double']);
    expect([...double!.data]).toEqual([2, 4, 6]);
    await session.dispose();
  });

  test('weights beside the model are read when the session is made', async () => {
    const size = 16;
    const graph = new Graph();
    const x = graph.input('x', 'float32', [1, size]);
    const matrix = graph.input('matrix', 'float32', [size, size]);
    const table = graph.input('table', 'float32', [size, size]);
    graph.output('product', matMul(x, matrix));
    graph.output('row', gather(table, graph.constant(Int32Array.of(3))));
    const numbers = Float32Array.from({ length: size * size }, (_, i) => i);
    const bytes = new Uint8Array(numbers.buffer);
    const whole = { location: 'beside', offset: 0, length: bytes.length };
    const initializers = new Map(['matrix', 'table'].map((name) => [name, whole]));
    const executor = create();
    const session = await executor.createSession(
      serializeOnnx(graph, { target: executor.target, initializers }),
      { externalData: new Map([['beside', bytes]]) },
    );
    numbers.fill(-1);
    const third = Float32Array.from({ length: size }, (_, i) => (i === 3 ? 1 : 0));
    const { product, row } = await session.run({ x: { type: 'float32', shape: [1, size], data: third } });
    const expected = Array.from({ length: size }, (_, i) => 3 * size + i);
    expect([...product!.data]).toEqual(expected);
    expect([...row!.data]).toEqual(expected);
    await session.dispose();
  });

  test('a missing feed and a model that is none are named', async () => {
    const graph = new Graph();
    graph.output('y', mul(graph.input('x', 'float32', [1]), 2));
    const session = await createFor(create(), graph);
    const messageOf = (run: () => Promise<unknown>): Promise<string> =>
      run().then(
        () => 'no error',
        (error: unknown) => String(error),
      );
    expect((await messageOf(() => session.run({}))).includes('"x" was not fed')).toBe(true);
    await session.dispose();
    const wrong = await messageOf(() => create().createSession(Uint8Array.of(1, 2, 3)));
    expect(wrong === 'no error').toBe(false);
  });
}
