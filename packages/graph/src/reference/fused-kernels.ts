/**
 * Operators of ONNX Runtime (com.microsoft) that do the work of several others. Graphs are not written in
 * them: lowering puts them in, and models where nothing is differentiated.
 */
import { generate, type KernelFamily, type Numeric } from './kernel.js';
import { normalize } from './reduce-kernels.js';

export const fusedKernels: KernelFamily = {
  QuickGelu: ([x], attributes) => {
    const alpha = Number(attributes.alpha ?? 1.702);
    return [{ ...x!, data: x!.data.map((value) => value / (1 + Math.exp(-alpha * value))) }];
  },
  /** [normalised, mean (never read), inverse root mean square, sum] */
  SkipSimplifiedLayerNormalization: ([a, b, weight], attributes) => {
    const added: Numeric = { ...a!, data: a!.data.map((value, index) => value + b!.data[index]!) };
    const [result, inverse] = normalize([added, weight!], Number(attributes.epsilon ?? 1e-5), false, 2);
    // The mean, which root mean squares have not, is never read.
    return [result!, inverse!, inverse!, added];
  },
  /**
   * Halves of each head turned by the angles of its position. Heads [rows, heads, time, width], positions
   * [rows, time] or [1] where all rows begin, tables [positions, turned / 2]; what is wider than the turned
   * part stays as it is.
   */
  RotaryEmbedding: ([x, positions, cosines, sines]) => {
    const time = x!.shape[2]!;
    const half = cosines!.shape[1]!;
    return [
      generate(x!.type, x!.shape, ([row, , step, place], at) => {
        if (place! >= 2 * half) return x!.data[at]!;
        const position =
          positions!.data.length === 1 ? positions!.data[0]! + step! : positions!.data[row! * time + step!]!;
        const angle = position * half + (place! % half);
        const [other, sign] = place! < half ? [at + half, -1] : [at - half, 1];
        return x!.data[at]! * cosines!.data[angle]! + sign * x!.data[other]! * sines!.data[angle]!;
      }),
    ];
  },
};
