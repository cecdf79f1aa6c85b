import { readFileSync } from 'node:fs';
import type { Objective, Tensor } from '@llm/graph';
import { differentiate, Graph, logSoftmax, mul, referenceExecutor, serializeOnnx } from '@llm/graph';
import { describe, expect, test } from 'vitest';
import { generalizedDivergence } from './distillation/generalized-divergence.js';
import { bestFitDecreasing } from './packing/best-fit-decreasing.js';
import { dynamicFineTuning } from './training/dynamic-fine-tuning.js';

/** As recorded by tooling/oracles/sft/trl_losses.py. */
const trl = JSON.parse(readFileSync(new URL('./fixtures/trl-losses.json', import.meta.url), 'utf8')) as {
  readonly student: readonly (readonly number[])[];
  readonly teacher: readonly (readonly number[])[];
  readonly mask: readonly number[];
  readonly gkd: readonly {
    readonly beta: number;
    readonly temperature: number;
    readonly loss: number;
    readonly gradient: readonly number[];
  }[];
  readonly dft: {
    readonly loss: number;
    readonly logps: readonly number[];
    readonly gradient: readonly number[];
  };
  readonly packing: readonly {
    readonly lengths: readonly number[];
    readonly columns: number;
    readonly strategy: string;
    readonly rows: readonly (readonly number[])[];
  }[];
};
const positions = trl.mask.length;
const vocabulary = trl.student[0]!.length;
const normalizer = trl.mask.reduce((sum, own) => sum + own, 0);

/** The objective's value and its gradient with respect to `source`, made of constants. */
async function evaluate(
  objective: Objective,
  build: (graph: Graph) => {
    readonly source: Tensor;
    readonly logProbabilities?: Tensor;
    readonly distribution?: Tensor;
    readonly extra?: Readonly<Record<string, Tensor>>;
  },
): Promise<{ loss: number; gradient: number[] }> {
  const graph = new Graph();
  const { source, logProbabilities, distribution, extra = {} } = build(graph);
  const zeros = graph.constant(new Float32Array(positions), [positions]);
  const { loss } = objective.build({
    rows: 1,
    columns: positions,
    logProbabilities: logProbabilities ?? zeros,
    weights: graph.constant(Float32Array.from(trl.mask), [positions]),
    normalizer: graph.constant([normalizer], []),
    extra,
    entropy: () => zeros,
    values: () => zeros,
    distribution: () => distribution!,
  });
  graph.output('loss', loss);
  graph.output('gradient', differentiate(loss, [source])[0]!);
  const session = await referenceExecutor.createSession(serializeOnnx(graph));
  const results = await session.run({
    source: {
      type: 'float32',
      shape: source.shape.map(Number),
      data: Float32Array.from(source.shape.length === 1 ? trl.dft.logps : trl.student.flat()),
    },
  });
  await session.dispose();
  return {
    loss: Number(results.loss!.data[0]),
    gradient: Array.from(results.gradient!.data as Float32Array),
  };
}

function close(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `position ${i}`).toBeCloseTo(value, 5);
}

test('DFT: the loss of a token times its probability, through which nothing flows', async () => {
  const { loss, gradient } = await evaluate(dynamicFineTuning(), (graph) => {
    const source = graph.input('source', 'float32', [positions]);
    return { source, logProbabilities: source };
  });
  expect(loss).toBeCloseTo(trl.dft.loss, 5);
  close(gradient, trl.dft.gradient);
});

describe('GKD', () => {
  test.each(trl.gkd.map((each) => [each.beta, each.temperature, each] as const))(
    'β %f at temperature %f',
    async (beta, temperature, expected) => {
      const shape = [positions, vocabulary];
      const tempered = (of: Tensor): Tensor => logSoftmax(mul(of, 1 / temperature));
      const { loss, gradient } = await evaluate(generalizedDivergence({ beta }), (graph) => {
        const source = graph.input('source', 'float32', shape);
        const teacher = tempered(graph.constant(Float32Array.from(trl.teacher.flat()), shape));
        return { source, distribution: tempered(source), extra: { teacher } };
      });
      expect(loss).toBeCloseTo(expected.loss, 5);
      close(gradient, expected.gradient);
    },
  );

  test('β is a share', () => {
    expect(() => generalizedDivergence({ beta: 2 })).toThrow('beta is 2');
  });
});

describe('packing', () => {
  test.each(trl.packing.map((each) => [JSON.stringify(each.lengths), each.strategy, each] as const))(
    '%s %s',
    (_lengths, _strategy, { lengths, columns, strategy, rows }) => {
      let start = 0;
      const pieces = lengths.flatMap((length) => {
        const ids = Array.from({ length }, (_, i) => start + i);
        start += length;
        const count = strategy === 'bfd' ? 1 : Math.ceil(length / columns);
        return Array.from({ length: count }, (_, part) => ids.slice(part * columns, (part + 1) * columns));
      });
      const packed = bestFitDecreasing(
        pieces.map((ids) => ids.length),
        columns,
      );
      // Rows and pieces of one length may change places: what counts is which lengths share a row.
      const shape = (list: readonly (readonly number[])[]): string[] =>
        list
          .map((row) => {
            const held = pieces.filter((ids) => ids.every((id) => row.includes(id)));
            expect(held.flat().length).toBe(row.length);
            return held
              .map((ids) => ids.length)
              .sort()
              .join();
          })
          .sort();
      expect(shape(packed.map((row) => row.flatMap((piece) => pieces[piece]!)))).toEqual(shape(rows));
    },
  );
});
