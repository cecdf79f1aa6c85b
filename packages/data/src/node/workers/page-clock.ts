/**
 * Where a worker is, in memory that the thread which watches it shares: it is read also while the worker is
 * in a loop that never ends.
 */
import type { PageWatch } from '../pipeline/process-unit.js';

const [itemAt, stepAt, startedAt, busyAt] = [0, 1, 2, 3] as const;

export interface WorkerPlace {
  readonly item: number;
  readonly step: number;
  /** Milliseconds since the item was begun. */
  readonly milliseconds: number;
}

export class PageClock implements PageWatch {
  readonly #words: Int32Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.#words = new Int32Array(memory);
  }

  item(item: number): void {
    Atomics.store(this.#words, itemAt, item);
    this.step(0);
    Atomics.store(this.#words, startedAt, now());
    Atomics.store(this.#words, busyAt, 1);
  }

  step(step: number): void {
    Atomics.store(this.#words, stepAt, step);
  }

  /** No item is being worked on. */
  rest(): void {
    Atomics.store(this.#words, busyAt, 0);
  }

  /** Undefined between items. */
  read(): WorkerPlace | undefined {
    if (Atomics.load(this.#words, busyAt) === 0) return undefined;
    return {
      item: Atomics.load(this.#words, itemAt),
      step: Atomics.load(this.#words, stepAt),
      milliseconds: (now() - Atomics.load(this.#words, startedAt)) & 0x7fffffff,
    };
  }
}

/** Milliseconds that threads share, modulo 2³¹. */
function now(): number {
  return Date.now() & 0x7fffffff;
}
