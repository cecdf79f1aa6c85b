/** How fast a run reads, and when it will have read everything, at the rate since it began to read. */
export class RunRate {
  #started: number | undefined;
  readonly #bytes = new Map<number, number>();
  readonly #pages = new Map<number, number>();
  #restedBytes = 0;

  constructor(
    /** Bytes of all units that this process has to read. */
    readonly total: number,
  ) {}

  /** A unit that an earlier session read. */
  skip(bytes: number): void {
    this.#restedBytes += bytes;
  }

  /** A unit is so far. */
  at(unit: number, bytes: number, pages: number): void {
    this.#started ??= performance.now();
    this.#bytes.set(unit, bytes);
    this.#pages.set(unit, pages);
  }

  get bytes(): number {
    return this.#restedBytes + sum(this.#bytes);
  }

  get pages(): number {
    return sum(this.#pages);
  }

  /** Rates and `secondsLeft` are there after a second of reading. */
  values(): Record<string, number> {
    const { pages, bytes, total } = this;
    const seconds = this.#started === undefined ? 0 : (performance.now() - this.#started) / 1000;
    const read = sum(this.#bytes);
    // The first moments say nothing about the rest.
    if (seconds < 1 || read === 0) return { pages, bytes };
    const rates = { pagesPerSecond: pages / seconds, bytesPerSecond: read / seconds };
    return { pages, bytes, ...rates, secondsLeft: ((total - bytes) * seconds) / read };
  }
}

function sum(numbers: ReadonlyMap<number, number>): number {
  let total = 0;
  for (const number of numbers.values()) total += number;
  return total;
}
