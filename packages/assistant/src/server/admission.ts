/**
 * Who may generate: so many answers at once, the rest in order of arrival, and no more waiting than can be
 * served in reasonable time. A request with several choices takes a place for each.
 */
import { ApiError } from './api-error.js';

interface Waiting {
  readonly places: number;
  readonly enter: () => void;
}

export class Admission {
  #active = 0;
  readonly #queue: Waiting[] = [];

  constructor(
    private readonly places: number,
    private readonly longestQueue: number,
  ) {}

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Waits for `places` and returns how to give them back, once.
   * A full queue throws 429; an aborted signal throws its reason.
   */
  async enter(places: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const taken = Math.min(places, this.places);
    if (this.#queue.length > 0 || !this.#fits(taken)) await this.#wait(taken, signal);
    else this.#active += taken;
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#active -= taken;
      this.#admit();
    };
  }

  #fits(places: number): boolean {
    return this.#active + places <= this.places;
  }

  #wait(places: number, signal: AbortSignal): Promise<void> {
    if (this.#queue.length >= this.longestQueue) {
      throw new ApiError({
        status: 429,
        message: `${this.#queue.length} requests are waiting already: try again later.`,
        code: 'queue_full',
        headers: { 'retry-after': '1' },
      });
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(signal.reason);
        this.#admit();
      };
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting = { places, enter };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(waiting);
    });
  }

  #admit(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#fits(next.places); next = this.#queue[0]) {
      this.#queue.shift();
      this.#active += next.places;
      next.enter();
    }
  }
}
