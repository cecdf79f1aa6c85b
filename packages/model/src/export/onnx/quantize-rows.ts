/**
 * 8 bits with one scale per row of a weight [out, in], that is per output of the layer: w ≈ scale · q, q in
 * −127…127, rounded to nearest (the weight half of Yao et al. 2022, ZeroQuant).
 */
export interface QuantizedRows {
  /** [rows] */
  readonly scales: Float32Array;
  /** [rows, columns] */
  readonly values: Int8Array;
}

export function quantizeRows(data: Float32Array, columns: number): QuantizedRows {
  const scales = new Float32Array(data.length / columns);
  const values = new Int8Array(data.length);
  for (let row = 0; row < scales.length; row++) {
    const start = row * columns;
    let largest = 0;
    for (let i = start; i < start + columns; i++) largest = Math.max(largest, Math.abs(data[i]!));
    scales[row] = largest / 127;
    const inverse = largest === 0 ? 0 : 1 / scales[row]!;
    for (let i = start; i < start + columns; i++)
      values[i] = Math.max(-127, Math.min(127, Math.round(data[i]! * inverse)));
  }
  return { scales, values };
}
