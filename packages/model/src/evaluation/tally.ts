/** A running mean and its standard error; memory does not grow with the number of values. */
export class Tally {
  n = 0;
  #weight = 0;
  #weighted = 0;
  // Σ w², Σ w² x and Σ w² x², for the spread.
  #square = 0;
  #squareTimesX = 0;
  #squareTimesXX = 0;

  /** A document's bits per byte weigh as many bytes as it has: the mean is total bits over total bytes. */
  add(x: number, weight = 1): void {
    this.n++;
    this.#weight += weight;
    this.#weighted += weight * x;
    this.#square += weight * weight;
    this.#squareTimesX += weight * weight * x;
    this.#squareTimesXX += weight * weight * x * x;
  }

  /** NaN without values. */
  get mean(): number {
    return this.#weighted / this.#weight;
  }

  /**
   * Of the mean: with equal weights, the sample deviation (n − 1) over √n as in lm-evaluation-harness; with
   * others, the deviation of a ratio. NaN for fewer than two values.
   */
  get standardError(): number {
    const m = this.mean;
    const spread = this.#squareTimesXX - 2 * m * this.#squareTimesX + m * m * this.#square;
    return this.n < 2 ? Number.NaN : Math.sqrt((Math.max(0, spread) * this.n) / (this.n - 1)) / this.#weight;
  }
}

/** 0 at chance, 1 when all is right: what CORE averages over tasks (DCLM, Li et al. 2024). */
export function centredAccuracy(accuracy: number, chance: number): number {
  return (accuracy - chance) / (1 - chance);
}
