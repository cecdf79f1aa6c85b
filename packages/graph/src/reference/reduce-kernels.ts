/** Reductions, running sums, softmax and normalisation. */
import { elementCount, normalizeAxis, stridesOf } from '../tensors/shape.js';
import { forEachLine, generate, type Kernel, type KernelFamily, type Numeric } from './kernel.js';

function reduction(compute: (values: readonly number[]) => number): Kernel {
  return ([x, axesInput], attributes) => {
    const { shape, type } = x!;
    const axes = axesInput
      ? Array.from(axesInput.data, (axis) => normalizeAxis(axis, shape.length, 'reduce'))
      : shape.map((_, axis) => axis);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const strides = stridesOf(kept);
    const groups = Array.from({ length: elementCount(kept) }, (): number[] => []);
    generate(type, shape, (coordinate, position) => {
      let group = 0;
      for (let axis = 0; axis < shape.length; axis++) {
        if (!axes.includes(axis)) group += coordinate[axis]! * strides[axis]!;
      }
      groups[group]!.push(x!.data[position]!);
      return 0;
    });
    return [
      {
        type,
        shape: attributes.keepdims === 0 ? shape.filter((_, axis) => !axes.includes(axis)) : kept,
        data: Float64Array.from(groups, compute),
      },
    ];
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const greatest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
const logSumExp = (values: readonly number[]): number => {
  const top = greatest(values);
  return top + Math.log(sum(values.map((value) => Math.exp(value - top))));
};

/** Replaces every line along an axis. */
function alongAxis(
  x: Numeric,
  axis: number,
  compute: (line: readonly number[]) => readonly number[],
): Numeric {
  const data = new Float64Array(x.data.length);
  forEachLine(x.shape, normalizeAxis(axis, x.shape.length, 'axis'), (positions) => {
    const line = compute(positions.map((position) => x.data[position]!));
    positions.forEach((position, index) => {
      data[position] = line[index]!;
    });
  });
  return { ...x, data };
}

const argMax: Kernel = ([x], attributes) => {
  const { shape } = x!;
  const axis = normalizeAxis(Number(attributes.axis ?? 0), shape.length, 'ArgMax');
  const found: number[] = [];
  forEachLine(shape, axis, (positions) => {
    const line = positions.map((position) => x!.data[position]!);
    found.push(line.indexOf(greatest(line)));
  });
  return [
    {
      type: 'int64',
      shape: shape.flatMap((size, other) =>
        other === axis ? (attributes.keepdims === 0 ? [] : [1]) : [size],
      ),
      data: Float64Array.from(found),
    },
  ];
};

/** Mean and inverse deviation per row of the last axis; the mean is 0 for root-mean-square normalisation. */
export function normalize(
  inputs: readonly Numeric[],
  epsilon: number,
  centred: boolean,
  outputCount: number,
): Numeric[] {
  const [x, weight, bias] = inputs as [Numeric, Numeric, Numeric | undefined];
  const width = x.shape.at(-1)!;
  const data = new Float64Array(x.data.length);
  const means: number[] = [];
  const inverses: number[] = [];
  forEachLine(x.shape, x.shape.length - 1, (positions) => {
    const line = positions.map((position) => x.data[position]!);
    const mean = centred ? sum(line) / width : 0;
    const inverse = 1 / Math.sqrt(sum(line.map((value) => (value - mean) ** 2)) / width + epsilon);
    means.push(mean);
    inverses.push(inverse);
    positions.forEach((position, index) => {
      data[position] = (line[index]! - mean) * inverse * weight.data[index]! + (bias?.data[index] ?? 0);
    });
  });
  const perRow = (values: readonly number[]): Numeric => ({
    type: 'float32',
    shape: [...x.shape.slice(0, -1), 1],
    data: Float64Array.from(values),
  });
  const statistics = centred ? [perRow(means), perRow(inverses)] : [perRow(inverses)];
  return [{ ...x, data }, ...statistics].slice(0, outputCount);
}

export const reduceKernels: KernelFamily = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction((values) => sum(values) / values.length),
  ReduceMax: reduction(greatest),
  ReduceMin: reduction((values) => -greatest(values.map((value) => -value))),
  ReduceSumSquare: reduction((values) => sum(values.map((value) => value * value))),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: argMax,
  CumSum: ([x, axis]) => {
    let total = 0;
    return [
      alongAxis(x!, axis!.data[0]!, (line) => {
        total = 0;
        return line.map((value) => (total += value));
      }),
    ];
  },
  Softmax: ([x], attributes) => [
    alongAxis(x!, Number(attributes.axis ?? -1), (line) => {
      const total = logSumExp(line);
      return line.map((value) => Math.exp(value - total));
    }),
  ],
  LogSoftmax: ([x], attributes) => [
    alongAxis(x!, Number(attributes.axis ?? -1), (line) => {
      const total = logSumExp(line);
      return line.map((value) => value - total);
    }),
  ],
  SimplifiedLayerNormalization: (inputs, attributes, count) =>
    normalize(inputs, Number(attributes.epsilon ?? 1e-5), false, count),
  LayerNormalization: (inputs, attributes, count) =>
    normalize(inputs, Number(attributes.epsilon ?? 1e-5), true, count),
};
