/** Matrix product kernels. */
import { broadcastShapes } from '../tensors/shape.js';
import { broadcastReader, generate, type Kernel, type KernelFamily, type Numeric } from './kernel.js';

function multiply(a: Numeric, b: Numeric, transposeA: boolean, transposeB: boolean, alpha: number): Numeric {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul') as readonly number[];
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, inner] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const shape = [...batch, m, n];
  const readA = broadcastReader(a, shape.length);
  const readB = broadcastReader(b, shape.length);
  const at = new Array<number>(shape.length).fill(0);
  return generate('float32', shape, (coordinate) => {
    const row = coordinate[shape.length - 2]!;
    const column = coordinate[shape.length - 1]!;
    for (let axis = 0; axis < batch.length; axis++) at[axis] = coordinate[axis]!;
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      at[shape.length - 2] = transposeA ? k : row;
      at[shape.length - 1] = transposeA ? row : k;
      const left = readA(at);
      at[shape.length - 2] = transposeB ? column : k;
      at[shape.length - 1] = transposeB ? k : column;
      sum += left * readB(at);
    }
    return alpha * sum;
  });
}

const fused: Kernel = ([a, b], attributes) => [
  multiply(a!, b!, attributes.transA === 1, attributes.transB === 1, Number(attributes.alpha ?? 1)),
];

export const matmulKernels: KernelFamily = {
  MatMul: ([a, b]) => [multiply(a!, b!, false, false, 1)],
  FusedMatMul: fused,
  Gemm: fused,
};
