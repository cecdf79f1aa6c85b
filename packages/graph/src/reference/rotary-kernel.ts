/** ONNX Runtime's RotaryEmbedding (com.microsoft): halves of each head turned by the angles of its position. */
import { generate, type Kernel } from './kernel.js';

/**
 * Heads [rows, heads, time, width], positions [rows, time] or [1] where all rows begin, tables [positions,
 * turned / 2]; what is wider than the turned part stays as it is.
 */
export const rotaryEmbedding: Kernel = ([x, positions, cosines, sines]) => {
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
};
