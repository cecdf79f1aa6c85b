/** Matrix product kernels. */
import { broadcastShapes, stridesOf } from '../tensors/shape.js';
import { generate, type Kernel, type KernelFamily, type Numeric } from './kernel.js';

function multiply(a: Numeric, b: Numeric, transposeA: boolean, transposeB: boolean, alpha: number): Numeric {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul') as readonly number[];
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, inner] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const startA = matrixStart(a, batch.length);
  const startB = matrixStart(b, batch.length);
  const [stepA, nextA] = transposeA ? [columnsA, 1] : [1, columnsA];
  const [stepB, nextB] = transposeB ? [1, columnsB] : [columnsB, 1];
  return generate('float32', [...batch, m, n], (coordinate) => {
    const fromA = startA(coordinate) + coordinate[batch.length]! * nextA;
    const fromB = startB(coordinate) + coordinate[batch.length + 1]! * nextB;
    return alpha * dot(a.data, fromA, stepA, b.data, fromB, stepB, inner);
  });
}

/** A loop of its own over local names: read through a closure the same one takes several times as long. */
function dot(
  a: Float64Array,
  fromA: number,
  stepA: number,
  b: Float64Array,
  fromB: number,
  stepB: number,
  count: number,
): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[fromA + k * stepA]! * b[fromB + k * stepB]!;
  return sum;
}

/** Where the matrix begins that broadcasts to the first `axes` of a coordinate. */
function matrixStart({ shape }: Numeric, axes: number): (coordinate: readonly number[]) => number {
  const leading = shape.slice(0, -2);
  const strides = stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  return (coordinate) =>
    leading.reduce((start, _, axis) => start + coordinate[axes - leading.length + axis]! * strides[axis]!, 0);
}

const fused = (a: Numeric, b: Numeric, attributes: Parameters<Kernel>[1]): Numeric =>
  multiply(a, b, attributes.transA === 1, attributes.transB === 1, Number(attributes.alpha ?? 1));

const gemm: Kernel = ([a, b, added], attributes) => {
  const product = fused(a!, b!, attributes);
  if (added === undefined) return [product];
  return [{ ...product, data: product.data.map((value, index) => value + added.data[index]!) }];
};

export const matmulKernels: KernelFamily = {
  MatMul: ([a, b]) => [multiply(a!, b!, false, false, 1)],
  FusedMatMul: ([a, b], attributes) => [fused(a!, b!, attributes)],
  Gemm: gemm,
};
