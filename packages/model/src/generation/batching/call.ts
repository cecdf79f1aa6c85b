/** Rows that were asked for together: they end together where one of them cannot go on. */
import type { Continuation } from '../continuation.js';

export class Call {
  /** No row of it is continued any more. */
  ended = false;
  /** Resolves when every row has ended, and rejects where one cannot go on. */
  readonly done: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor(
    private readonly continuations: readonly Continuation[],
    private readonly signal: AbortSignal | undefined,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Its rows, for a batch. */
  get rows(): Row[] {
    return this.continuations.map((continuation) => ({ call: this, continuation }));
  }

  fail(error: unknown): void {
    this.ended = true;
    this.#reject(error);
  }

  failIfAborted(): void {
    if (this.signal?.aborted && !this.ended) this.fail(this.signal.reason);
  }

  endIfComplete(): void {
    if (this.ended || this.continuations.some(({ stopReason }) => stopReason === undefined)) return;
    this.ended = true;
    this.#resolve();
  }
}

export interface Row {
  readonly call: Call;
  readonly continuation: Continuation;
}

export function isLive({ call, continuation }: Row): boolean {
  return !call.ended && continuation.stopReason === undefined;
}
