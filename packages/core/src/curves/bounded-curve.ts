/**
 * A measurement over the steps of a run in memory that does not grow with it. Points are kept one by one up
 * to a limit; beyond it neighbours are merged into buckets of 2, 4, 8, … points that remember least, most and
 * mean, so that a single spike among millions of steps is still seen. Left out: percentiles, and resampling
 * that keeps a curve's visual shape (largest triangles), which loses the extremes.
 */

/** Columns of equal length: a bucket a row, in the order of their steps. JSON as it stands. */
export interface CurveColumns {
  /** Of the bucket's last point. */
  readonly step: readonly number[];
  /** Milliseconds since the epoch, of the bucket's last point. */
  readonly time: readonly number[];
  /** null: nothing but what is no number (NaN, infinities). */
  readonly mean: readonly (number | null)[];
  readonly least: readonly (number | null)[];
  readonly most: readonly (number | null)[];
  /** Points of a whole bucket: 1 where nothing was merged. The last bucket may hold fewer. */
  readonly pointsPerBucket: number;
  /** All that were pushed; the last bucket holds the rest. */
  readonly points: number;
  /** How many were no number, and the step of the first. */
  readonly notNumbers: number;
  readonly firstNotNumber: number | null;
}

interface Bucket {
  step: number;
  time: number;
  /** Of the numbers among its points. */
  sum: number;
  numbers: number;
  least: number;
  most: number;
}

export class BoundedCurve {
  readonly #limit: number;
  readonly #buckets: Bucket[] = [];
  #perBucket = 1;
  #points = 0;
  /** Points in the last bucket. */
  #inLast = 0;
  #notNumbers = 0;
  #firstNotNumber: number | null = null;

  /** At most `limit` buckets, an even number; default 1024. */
  constructor(limit = 1024) {
    this.#limit = Math.max(2, limit - (limit % 2));
  }

  get points(): number {
    return this.#points;
  }

  /** The step of the newest point; -∞ before the first. */
  get lastStep(): number {
    return this.#buckets.at(-1)?.step ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Adds a point; null and non-finite values count as "not a number". A step that is not beyond the last one
   * is left out: a resumed run repeats steps with equal values. Whether it was taken.
   */
  push(step: number, value: number | null, time: number): boolean {
    if (step <= this.lastStep) return false;
    this.#points++;
    const isNumber = value !== null && Number.isFinite(value);
    if (!isNumber) {
      this.#notNumbers++;
      this.#firstNotNumber ??= step;
    }
    if (this.#inLast === 0 || this.#inLast === this.#perBucket) {
      if (this.#buckets.length === this.#limit) this.#merge();
    }
    if (this.#inLast === 0 || this.#inLast === this.#perBucket) {
      this.#inLast = 0;
      this.#buckets.push({ step, time, sum: 0, numbers: 0, least: Infinity, most: -Infinity });
    }
    this.#inLast++;
    const bucket = this.#buckets.at(-1)!;
    bucket.step = step;
    bucket.time = time;
    if (!isNumber) return true;
    bucket.sum += value;
    bucket.numbers++;
    bucket.least = Math.min(bucket.least, value);
    bucket.most = Math.max(bucket.most, value);
    return true;
  }

  #merge(): void {
    const { length } = this.#buckets;
    for (let at = 0; at < length; at += 2) {
      const [first, second] = [this.#buckets[at]!, this.#buckets[at + 1]!];
      this.#buckets[at / 2] = {
        step: second.step,
        time: second.time,
        sum: first.sum + second.sum,
        numbers: first.numbers + second.numbers,
        least: Math.min(first.least, second.least),
        most: Math.max(first.most, second.most),
      };
    }
    this.#buckets.length = length / 2;
    this.#perBucket *= 2;
    this.#inLast = this.#perBucket;
  }

  toJSON(): CurveColumns {
    const column = (of: (bucket: Bucket) => number): (number | null)[] =>
      this.#buckets.map((bucket) => (bucket.numbers === 0 ? null : of(bucket)));
    return {
      step: this.#buckets.map(({ step }) => step),
      time: this.#buckets.map(({ time }) => time),
      mean: column(({ sum, numbers }) => sum / numbers),
      least: column(({ least }) => least),
      most: column(({ most }) => most),
      pointsPerBucket: this.#perBucket,
      points: this.#points,
      notNumbers: this.#notNumbers,
      firstNotNumber: this.#firstNotNumber,
    };
  }

  /** A curve that goes on where the columns end; equal weights are given to points that were no number. */
  static fromJSON(columns: CurveColumns, limit = 1024): BoundedCurve {
    const curve = new BoundedCurve(Math.max(limit, columns.step.length));
    const { length } = columns.step;
    curve.#perBucket = columns.pointsPerBucket;
    curve.#points = columns.points;
    curve.#notNumbers = columns.notNumbers;
    curve.#firstNotNumber = columns.firstNotNumber;
    curve.#inLast = length === 0 ? 0 : columns.points - (length - 1) * columns.pointsPerBucket;
    for (let at = 0; at < length; at++) {
      const mean = columns.mean[at] ?? null;
      const numbers = mean === null ? 0 : at === length - 1 ? curve.#inLast : columns.pointsPerBucket;
      curve.#buckets.push({
        step: columns.step[at]!,
        time: columns.time[at]!,
        sum: (mean ?? 0) * numbers,
        numbers,
        least: columns.least[at] ?? Infinity,
        most: columns.most[at] ?? -Infinity,
      });
    }
    return curve;
  }
}
