/**
 * The 256 numbers of a block of Q4_K or Q5_K: eight groups of 32, each x ≈ d · scale · q − dmin · minimum
 * with scale and minimum of 6 bits. Groups are fitted one by one; d and dmin follow from the largest; then
 * each group takes the scale and minimum near its own that lose least, and d and dmin are fitted to what was
 * rounded.
 */
import { floatToHalf, halfToFloat } from '../../weights/half-precision.js';
import { halfUnit, scaleAndMinimum } from './fit-scales.js';

const groups = 8;
const groupElements = 32;

export class SixBitScales {
  /** Half-precision bits of d and dmin. */
  unitBits = 0;
  minimumUnitBits = 0;
  readonly scales = new Uint8Array(groups);
  readonly minima = new Uint8Array(groups);
  /** q, 0…levels */
  readonly numbers = new Uint8Array(groups * groupElements);
  readonly #levels: number;
  readonly #fitted = { scales: new Float64Array(groups), minima: new Float64Array(groups) };

  constructor(levels: number) {
    this.#levels = levels;
  }

  /** Of `data` from element `from` on. */
  fit(data: Float32Array, from: number): void {
    const { scales, minima } = this.#fitted;
    for (let group = 0; group < groups; group++) {
      const fitted = scaleAndMinimum(data, from + groupElements * group, groupElements, this.#levels);
      scales[group] = fitted.scale;
      minima[group] = fitted.minimum;
    }
    this.unitBits = halfUnit(Math.max(...scales), 63);
    this.minimumUnitBits = halfUnit(Math.max(...minima), 63);
    this.#chooseScales(data, from);
    this.#round(data, from);
    this.#refitUnits(data, from);
    this.#round(data, from);
  }

  #chooseScales(data: Float32Array, from: number): void {
    const [unit, minimumUnit] = [halfToFloat(this.unitBits), halfToFloat(this.minimumUnitBits)];
    for (let group = 0; group < groups; group++) {
      const scale = unit === 0 ? 0 : this.#fitted.scales[group]! / unit;
      const minimum = minimumUnit === 0 ? 0 : this.#fitted.minima[group]! / minimumUnit;
      let least = Number.POSITIVE_INFINITY;
      for (const s of near(scale))
        for (const m of near(minimum)) {
          const error = this.#error(data, from + groupElements * group, unit * s, minimumUnit * m);
          if (error >= least) continue;
          least = error;
          this.scales[group] = s;
          this.minima[group] = m;
        }
    }
  }

  #error(data: Float32Array, from: number, step: number, offset: number): number {
    const inverse = step === 0 ? 0 : 1 / step;
    let error = 0;
    for (let i = from; i < from + groupElements; i++) {
      const value = data[i]! + offset;
      let q = (value * inverse + 0.5) | 0;
      q = q < 0 ? 0 : q < this.#levels ? q : this.#levels;
      const rest = value - step * q;
      error += rest * rest;
    }
    return error;
  }

  #round(data: Float32Array, from: number): void {
    const [unit, minimumUnit] = [halfToFloat(this.unitBits), halfToFloat(this.minimumUnitBits)];
    for (let i = 0; i < groups * groupElements; i++) {
      const group = i >> 5;
      const step = unit * this.scales[group]!;
      const q = step === 0 ? 0 : ((data[from + i]! + minimumUnit * this.minima[group]!) / step + 0.5) | 0;
      this.numbers[i] = q < 0 ? 0 : q < this.#levels ? q : this.#levels;
    }
  }

  /** Least squares in both: x ≈ d · a − dmin · b with a = scale · q, b = minimum. */
  #refitUnits(data: Float32Array, from: number): void {
    let [aa, ab, bb, ax, bx] = [0, 0, 0, 0, 0];
    for (let i = 0; i < groups * groupElements; i++) {
      const a = this.scales[i >> 5]! * this.numbers[i]!;
      const b = this.minima[i >> 5]!;
      const x = data[from + i]!;
      aa += a * a;
      ab += a * b;
      bb += b * b;
      ax += a * x;
      bx += b * x;
    }
    const determinant = aa * bb - ab * ab;
    if (determinant <= 0) return;
    const unit = (ax * bb - bx * ab) / determinant;
    const minimumUnit = (ax * ab - bx * aa) / determinant;
    // Below 2^-14 half precision is coarser than what this gains.
    if (unit < 2 ** -14 || minimumUnit < 2 ** -14) return;
    this.unitBits = floatToHalf(unit);
    this.minimumUnitBits = floatToHalf(minimumUnit);
  }
}

/** The whole numbers around a fitted one. */
function near(value: number): number[] {
  const below = Math.max(0, Math.min(63, Math.floor(value)));
  return below === 63 ? [63] : [below, below + 1];
}
