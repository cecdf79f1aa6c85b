/** How fast a run reads, and when it will have read everything, at the rate since it started. */
export class RunRate {
  readonly #started = performance.now();
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
    this.#bytes.set(unit, bytes);
    this.#pages.set(unit, pages);
  }

  get bytes(): number {
    return this.#restedBytes + sum(this.#bytes);
  }

  get pages(): number {
    return sum(this.#pages);
  }

  /** `secondsLeft` is there once something was read. */
  values(): Record<string, number> {
    const seconds = (performance.now() - this.#started) / 1000;
    const read = sum(this.#bytes);
    const rates = {
      pages: this.pages,
      bytes: this.bytes,
      pagesPerSecond: this.pages / seconds,
      bytesPerSecond: read / seconds,
    };
    return read === 0 ? rates : { ...rates, secondsLeft: ((this.total - this.bytes) * seconds) / read };
  }
}

function sum(numbers: ReadonlyMap<number, number>): number {
  let total = 0;
  for (const number of numbers.values()) total += number;
  return total;
}
