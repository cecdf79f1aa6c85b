/** Elementwise kernels, comparisons and logic. */
import type { TensorType } from '../tensors/tensor.js';
import { broadcastAll, broadcastReader, generate, type Kernel, type KernelFamily } from './kernel.js';

function unary(compute: (x: number) => number): Kernel {
  return ([x]) => [{ ...x!, data: x!.data.map(compute) }];
}

function binary(compute: (a: number, b: number) => number, type?: TensorType): Kernel {
  return (inputs) => {
    const shape = broadcastAll(inputs);
    const [readA, readB] = inputs.map((input) => broadcastReader(input, shape.length));
    const integer = inputs[0]!.type.startsWith('int') && type === undefined;
    return [
      generate(type ?? inputs[0]!.type, shape, (coordinate) => {
        const value = compute(readA!(coordinate), readB!(coordinate));
        return integer ? Math.trunc(value) : value;
      }),
    ];
  };
}

const compare = (holds: (a: number, b: number) => boolean): Kernel =>
  binary((a, b) => (holds(a, b) ? 1 : 0), 'bool');

/** Error function: its Taylor series near 0, its continued fraction far out. */
function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * (size + fraction)));
}

const gelu: Kernel = (inputs, attributes, count) => {
  const exact = (x: number) => 0.5 * x * (1 + errorFunction(x * Math.SQRT1_2));
  const smooth = (x: number) =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  return unary(attributes.approximate === 'tanh' ? smooth : exact)(inputs, attributes, count);
};

const typesByCode: Readonly<Record<number, TensorType>> = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool' };

const convert = (value: number, type: TensorType): number => {
  if (type === 'bool') return value === 0 ? 0 : 1;
  return type === 'float32' ? value : Math.trunc(value);
};

export const elementwiseKernels: KernelFamily = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary((a, b) => a ** b),
  Min: binary(Math.min),
  Max: binary(Math.max),
  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Not: unary((x) => (x === 0 ? 1 : 0)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tanh: unary(Math.tanh),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Erf: unary(errorFunction),
  Relu: unary((x) => Math.max(x, 0)),
  HardSigmoid: (inputs, attributes, count) => {
    const alpha = Number(attributes.alpha ?? 0.2);
    const beta = Number(attributes.beta ?? 0.5);
    return unary((x) => Math.max(0, Math.min(1, alpha * x + beta)))(inputs, attributes, count);
  },
  Identity: unary((x) => x),
  Gelu: gelu,
  Clip: ([x, low, high]) => [
    { ...x!, data: x!.data.map((value) => Math.min(Math.max(value, low!.data[0]!), high!.data[0]!)) },
  ],
  Where: (inputs) => {
    const shape = broadcastAll(inputs);
    const [condition, a, b] = inputs.map((input) => broadcastReader(input, shape.length));
    return [
      generate(inputs[1]!.type, shape, (coordinate) =>
        condition!(coordinate) !== 0 ? a!(coordinate) : b!(coordinate),
      ),
    ];
  },
  Cast: ([x], attributes) => {
    const type = typesByCode[Number(attributes.to)];
    if (type === undefined)
      throw new Error(`The reference interpreter cannot cast to ONNX element type ${attributes.to}.`);
    return [{ type, shape: x!.shape, data: x!.data.map((value) => convert(value, type)) }];
  },
};
