/**
 * Speed and time left as they are now: from the last seconds, so that neither a slow start nor a past pause
 * spoils them.
 */
export interface RateEstimate {
  /** Units per second; undefined until two samples are a moment apart. */
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

const windowMilliseconds = 10_000;

export class ProgressRate {
  #samples: { time: number; done: number }[] = [];
  #total: number | undefined;

  update(time: number, done: number, total: number | undefined): void {
    if (done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    this.#samples.push({ time, done });
    this.#total = total;
    while (this.#samples.length > 2 && time - (this.#samples[1]?.time ?? time) > windowMilliseconds)
      this.#samples.shift();
  }

  /** Work that stands still gets slower with every second, although nobody reports it. */
  estimate(now: number): RateEstimate {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || first.done === last.done)
      return { perSecond: undefined, secondsLeft: undefined };
    const usual = (last.time - first.time) / (this.#samples.length - 1);
    const isLate = now - last.time > 3 * usual;
    const seconds = ((isLate ? now : last.time) - first.time) / 1000;
    if (seconds < 0.05) return { perSecond: undefined, secondsLeft: undefined };
    const perSecond = (last.done - first.done) / seconds;
    return {
      perSecond,
      secondsLeft: this.#total === undefined ? undefined : Math.max(0, this.#total - last.done) / perSecond,
    };
  }
}
