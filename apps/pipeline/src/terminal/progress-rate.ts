/** Speed and time left from a window of the last half minute, so that a slow start does not spoil the estimate. */
export interface RateEstimate {
  /** Units per second; undefined until two samples are a moment apart. */
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

const windowMilliseconds = 30_000;

export class ProgressRate {
  #samples: { time: number; done: number }[] = [];

  update(time: number, done: number, total: number | undefined): RateEstimate {
    if (done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    this.#samples.push({ time, done });
    while (this.#samples.length > 2 && time - (this.#samples[1]?.time ?? time) > windowMilliseconds)
      this.#samples.shift();
    const first = this.#samples[0] ?? { time, done };
    const seconds = (time - first.time) / 1000;
    if (seconds < 0.05 || done === first.done) return { perSecond: undefined, secondsLeft: undefined };
    const perSecond = (done - first.done) / seconds;
    return {
      perSecond,
      secondsLeft: total === undefined ? undefined : Math.max(0, total - done) / perSecond,
    };
  }
}
