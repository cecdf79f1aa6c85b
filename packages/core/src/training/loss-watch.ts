/**
 * When a loss counts as exploding: it is no number, or its mean over the last 20 steps lies more than
 * `maximumRise` nats per token above the lowest such mean so far. One bad batch passes; a run that has lost
 * what it learned does not, nor one whose loss is huge. Nothing is judged before the tenth step: the mean of
 * fewer says what the first batches hold, and batches of a mixture differ by nats.
 */
const windowSteps = 20;
const fewestSteps = windowSteps / 2;

export class LossWatch {
  readonly #recent: number[] = [];
  #lowest = Number.POSITIVE_INFINITY;

  constructor(readonly maximumRise: number) {}

  /** Mean of the last steps (at most 20), NaN before the first. */
  get mean(): number {
    return this.#recent.reduce((sum, loss) => sum + loss, 0) / this.#recent.length;
  }

  /** The lowest mean of at least 10 steps, infinite before the tenth. */
  get lowest(): number {
    return this.#lowest;
  }

  add(loss: number): 'falling' | 'rising' | 'exploding' {
    if (!Number.isFinite(loss)) return 'exploding';
    this.#recent.push(loss);
    if (this.#recent.length > windowSteps) this.#recent.shift();
    if (this.#recent.length < fewestSteps) return 'falling';
    const rise = this.mean - this.#lowest;
    this.#lowest = Math.min(this.#lowest, this.mean);
    if (rise > this.maximumRise) return 'exploding';
    return rise > this.maximumRise / 2 ? 'rising' : 'falling';
  }
}
