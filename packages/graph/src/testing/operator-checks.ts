/**
 * What an operator must pass to enter the table: its shape rule agrees with what was worked out by hand and
 * with the runtime; its gradient rule agrees with central differences in 64-bit floats; value and gradient
 * agree between the reference interpreter and a real runtime with graph optimization off and on. A family
 * with an operator that has no case fails.
 */
import { createRandom, LlmError } from '@llm/core';
import type { Executor, GraphSession } from '../execution/executor.js';
import { add, cast, mul } from '../functions/elementwise.js';
import { reduceSum } from '../functions/reduce.js';
import { differentiate } from '../gradients/differentiate.js';
import { gradientTable } from '../gradients/gradient-table.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { parseOnnx } from '../onnx/parse-onnx.js';
import { serializeOnnx } from '../onnx/serialize-onnx.js';
import type { OperatorFamily } from '../operators/operator-definition.js';
import type { Numeric } from '../reference/kernel.js';
import { interpret, toHost, toNumeric } from '../reference/reference-executor.js';
import { elementCount } from '../tensors/shape.js';
import type { Dimension, HostTensor, TensorType } from '../tensors/tensor.js';
import type { ContractTools } from './contract-tools.js';

export interface CaseInput {
  readonly shape: readonly number[];
  /** Default float32. */
  readonly type?: TensorType | undefined;
  /**
   * Given numbers, or a drawing: standard normal (default), positive (0.5…2), distinct (a shuffled ladder).
   */
  readonly values?: readonly number[] | 'normal' | 'positive' | 'distinct' | undefined;
}

export interface OperatorCase {
  readonly inputs: Readonly<Record<string, CaseInput>>;
  build(tensors: Readonly<Record<string, Tensor>>): Tensor | readonly Tensor[];
  /** Expected shape of each result. */
  readonly shapes: readonly (readonly Dimension[])[];
  /** Inputs whose gradient is checked. Default: every float32 input, none where the table says 'zero'. */
  readonly gradients?: readonly string[] | undefined;
}

export type OperatorCases = Readonly<Record<string, readonly OperatorCase[]>>;

/** Registers one test per case, and one that demands cases for every operator of the family. */
export function operatorChecks(
  { test, expect }: ContractTools,
  family: OperatorFamily,
  cases: OperatorCases,
  runtime: Executor,
): void {
  test('every operator of the family has a case', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(family).sort());
    for (const [operator, list] of Object.entries(cases)) expect(list.length > 0, operator).toBe(true);
  });
  for (const [operator, list] of Object.entries(cases)) {
    list.forEach((operatorCase, index) => {
      test(`${operator} ${index + 1}`, async () => {
        const graph = new Graph();
        const tensors = declareInputs(graph, operatorCase);
        const built = operatorCase.build(tensors);
        const results = [built].flat();
        expect(
          graph.nodes.some((node) => node.operator === operator),
          'the case uses its operator',
        ).toBe(true);
        expect(results.map(({ shape }) => shape)).toEqual(operatorCase.shapes);
        results.forEach((result, position) => {
          graph.output(`result${position}`, result);
        });
        const checked =
          operatorCase.gradients ??
          (gradientTable[operator] === 'zero'
            ? []
            : Object.keys(tensors).filter((name) => tensors[name]!.type === 'float32'));
        const loss = weightedSum(graph, results);
        graph.output('loss', loss);
        differentiate(
          loss,
          checked.map((name) => tensors[name]!),
        ).forEach((gradient, position) => {
          graph.output(`gradient of ${checked[position]}`, gradient);
          expect(gradient.shape).toEqual(tensors[checked[position]!]!.shape);
        });
        const model = serializeOnnx(graph);
        const feeds = drawInputs(operatorCase, operator);
        const expected = interpretAll(model, feeds, [...graph.outputs.keys()]);
        for (const name of checked) {
          const analytic = expected.get(`gradient of ${name}`)!.data;
          const numeric = centralDifferences(model, feeds, name);
          expect(greatestError(analytic, numeric), `gradient of ${name} against differences`).toBeLessThan(
            2e-6,
          );
        }
        const lowered = serializeOnnx(graph, { target: runtime.target });
        const tolerance = runtime.target === 'webgpu' ? 2e-4 : 2e-5;
        for (const optimization of ['disabled', 'all'] as const) {
          // 64-bit integers are at home on the CPU only: elsewhere
          // a graph may be refused, never computed wrong.
          const refusable = runtime.target === 'webgpu' && readsInt64(graph);
          const session = await createUnlessRefused(runtime, lowered, optimization, refusable);
          if (session === undefined) continue;
          const actual = await session.run(feeds);
          for (const [name, tensor] of expected) {
            expect(actual[name]!.shape, `${name} at ${optimization}`).toEqual(tensor.shape);
            expect(actual[name]!.type).toBe(tensor.type);
            const error = greatestError(toNumeric(actual[name]!).data, tensor.data);
            expect(error, `${name} at ${optimization} against the interpreter`).toBeLessThan(tolerance);
          }
          await session.dispose();
        }
      });
    });
  }
}

/**
 * Sizes and axes are int64 by the ONNX standard and live on the CPU; data that is int64 is another matter.
 */
function readsInt64(graph: Graph): boolean {
  return (
    graph.inputs.some(({ type }) => type === 'int64') ||
    graph.nodes.some(({ operator, outputs }) => operator === 'Range' && outputs[0]!.type === 'int64')
  );
}

async function createUnlessRefused(
  runtime: Executor,
  model: Uint8Array,
  optimization: 'disabled' | 'all',
  refusable: boolean,
): Promise<GraphSession | undefined> {
  try {
    return await runtime.createSession(model, { optimization });
  } catch (error) {
    if (refusable && LlmError.isInstance(error) && error.code === 'graph/session-failed') return undefined;
    throw error;
  }
}

function declareInputs(graph: Graph, { inputs }: OperatorCase): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, type }]) => [
      name,
      graph.input(name, type ?? 'float32', shape),
    ]),
  );
}

/** Σ result · weight with fixed uneven weights, so that no gradient cancels; 0 when no result is a float. */
function weightedSum(graph: Graph, results: readonly Tensor[]): Tensor {
  let loss: Tensor = graph.constant(Float32Array.of(0), []);
  results.forEach((result, position) => {
    if (result.type !== 'float32') return;
    const shape = result.shape as readonly number[];
    const random = createRandom('weights', position);
    const weights = Float32Array.from({ length: elementCount(shape) }, () => 0.5 + random.uniform());
    loss = add(loss, reduceSum(mul(result, graph.constant(weights, shape))));
  });
  return cast(loss, 'float32');
}

/** Input numbers of a case, the same at every run. */
function drawInputs({ inputs }: OperatorCase, seed: string): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, type = 'float32', values = 'normal' }]) => {
      const random = createRandom(seed, name);
      const count = elementCount(shape);
      let data: number[];
      if (typeof values !== 'string') data = [...values];
      else if (values === 'normal') data = Array.from({ length: count }, () => random.normal());
      else if (values === 'positive')
        data = Array.from({ length: count }, () => 0.5 + 1.5 * random.uniform());
      else data = random.shuffle(Array.from({ length: count }, (_, index) => (index - count / 2 + 0.25) / 3));
      return [name, toHost({ type, shape, data: Float64Array.from(data) })];
    }),
  );
}

function interpretAll(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, HostTensor>>,
  fetches: readonly string[],
): Map<string, Numeric> {
  const numeric = new Map(Object.entries(feeds).map(([name, tensor]) => [name, toNumeric(tensor)]));
  return interpret(parseOnnx(bytes), numeric, fetches);
}

/** (loss(x + h) − loss(x − h)) / 2h per element. */
function centralDifferences(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, HostTensor>>,
  name: string,
): Float64Array {
  const model = parseOnnx(bytes);
  const values = new Map(Object.entries(feeds).map(([key, tensor]) => [key, toNumeric(tensor)]));
  const { data } = values.get(name)!;
  const step = 1e-5;
  return data.map((value, index) => {
    const lossAt = (moved: number): number => {
      data[index] = moved;
      return interpret(model, values, ['loss']).get('loss')!.data[0]!;
    };
    const slope = (lossAt(value + step) - lossAt(value - step)) / (2 * step);
    data[index] = value;
    return slope;
  });
}

/** Greatest |a − b| / (1 + |b|). NaN counts as infinite. */
function greatestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / (1 + Math.abs(expected[index]!));
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
