/** Elementwise functions. Binary ones broadcast; either operand may be a plain number. */
import type { Tensor } from '../graph/graph.js';
import { onnxElementTypes } from '../tensors/element-types.js';
import type { TensorType } from '../tensors/tensor.js';
import { constantScalar, operands } from './constants.js';

type Operand = Tensor | number;

function binary(operator: string, a: Operand, b: Operand): Tensor {
  const [left, right] = operands(a, b);
  return left.graph.node(operator, [left, right])[0]!;
}

function unary(operator: string, x: Tensor): Tensor {
  return x.graph.node(operator, [x])[0]!;
}

export const add = (a: Operand, b: Operand): Tensor => binary('Add', a, b);
export const sub = (a: Operand, b: Operand): Tensor => binary('Sub', a, b);
export const mul = (a: Operand, b: Operand): Tensor => binary('Mul', a, b);
export const div = (a: Operand, b: Operand): Tensor => binary('Div', a, b);
/** a to the power b; gradients with respect to b need a > 0. */
export const pow = (a: Operand, b: Operand): Tensor => binary('Pow', a, b);
/** The smaller of each pair; where they are equal the gradient goes to the first. */
export const min = (a: Operand, b: Operand): Tensor => binary('Min', a, b);
/** The greater of each pair; where they are equal the gradient goes to the first. */
export const max = (a: Operand, b: Operand): Tensor => binary('Max', a, b);
export const equal = (a: Operand, b: Operand): Tensor => binary('Equal', a, b);
export const greater = (a: Operand, b: Operand): Tensor => binary('Greater', a, b);
export const greaterOrEqual = (a: Operand, b: Operand): Tensor => binary('GreaterOrEqual', a, b);
export const less = (a: Operand, b: Operand): Tensor => binary('Less', a, b);
export const lessOrEqual = (a: Operand, b: Operand): Tensor => binary('LessOrEqual', a, b);
export const logicalAnd = (a: Tensor, b: Tensor): Tensor => binary('And', a, b);
export const logicalOr = (a: Tensor, b: Tensor): Tensor => binary('Or', a, b);
export const logicalNot = (x: Tensor): Tensor => unary('Not', x);

export const neg = (x: Tensor): Tensor => unary('Neg', x);
export const exp = (x: Tensor): Tensor => unary('Exp', x);
/** Natural logarithm. */
export const log = (x: Tensor): Tensor => unary('Log', x);
export const sqrt = (x: Tensor): Tensor => unary('Sqrt', x);
export const reciprocal = (x: Tensor): Tensor => unary('Reciprocal', x);
/** Absolute value; gradient 0 at 0. */
export const abs = (x: Tensor): Tensor => unary('Abs', x);
export const sign = (x: Tensor): Tensor => unary('Sign', x);
export const sin = (x: Tensor): Tensor => unary('Sin', x);
export const cos = (x: Tensor): Tensor => unary('Cos', x);
export const tanh = (x: Tensor): Tensor => unary('Tanh', x);
export const sigmoid = (x: Tensor): Tensor => unary('Sigmoid', x);
/** log(1 + exp(x)), steady for large |x|. */
export const softplus = (x: Tensor): Tensor => unary('Softplus', x);
/** max(x, 0); gradient 0 at 0. */
export const relu = (x: Tensor): Tensor => unary('Relu', x);
export const identity = (x: Tensor): Tensor => unary('Identity', x);

/** Gaussian error linear unit (Hendrycks and Gimpel, 2016): exact, or the tanh form GPT-2 uses. */
export function gelu(
  x: Tensor,
  options: { readonly approximate?: 'none' | 'tanh' | undefined } = {},
): Tensor {
  return x.graph.node('Gelu', [x], { approximate: options.approximate ?? 'none' })[0]!;
}

/** Limits x to [low, high]; gradient 1 inside and on the limits, 0 outside. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const [, lowest] = operands(x, low);
  const [, highest] = operands(x, high);
  return x.graph.node('Clip', [x, lowest, highest])[0]!;
}

/** `whenTrue` where the bool tensor holds, else `whenFalse`; broadcasts. Two numbers give float32. */
export function where(condition: Tensor, whenTrue: Operand, whenFalse: Operand): Tensor {
  const first = typeof whenTrue === 'number' && typeof whenFalse === 'number';
  const [left, right] = operands(first ? constantScalar(condition.graph, whenTrue) : whenTrue, whenFalse);
  return condition.graph.node('Where', [condition, left, right])[0]!;
}

export function cast(x: Tensor, type: TensorType): Tensor {
  return x.type === type ? x : x.graph.node('Cast', [x], { to: onnxElementTypes[type] })[0]!;
}
