/**
 * The requests that are being answered. Each has one signal, which fires when its client leaves, when it
 * takes too long, and when the server stops without waiting any longer. (Plain listeners: `AbortSignal.any`
 * keeps what it joins alive in Node 20.)
 */
import { ApiError } from './api-error.js';

export class RunningRequests {
  readonly #running = new Set<RunningRequest>();
  #isStopping = false;
  #idle: (() => void)[] = [];

  constructor(private readonly seconds: number) {}

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** `client` fires when the connection is gone. Throws 503 once the server stops. */
  begin(client: AbortSignal): RunningRequest {
    if (this.#isStopping) {
      throw new ApiError({
        status: 503,
        message: 'The server is stopping.',
        code: 'stopping',
        headers: { connection: 'close', 'retry-after': '5' },
      });
    }
    const request = new RunningRequest(client, this.seconds, () => {
      this.#running.delete(request);
      if (this.#running.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    });
    this.#running.add(request);
    return request;
  }

  /** No new requests; waits for those that run, so many seconds, then ends them. */
  async stop(seconds: number): Promise<void> {
    this.#isStopping = true;
    if (this.#running.size === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#idle.push(resolve);
    });
    const timer = setTimeout(() => {
      const error = new ApiError({ status: 503, message: 'The server stopped.', code: 'stopping' });
      for (const request of this.#running) request.stop(error);
    }, seconds * 1000);
    await idle;
    clearTimeout(timer);
  }
}

const finished = new DOMException('The answer is complete.', 'AbortError');

export class RunningRequest {
  readonly arrival = performance.now();
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #clientLeft = (): void => this.stop();

  constructor(
    private readonly client: AbortSignal,
    seconds: number,
    private readonly ended: () => void,
  ) {
    this.#timer = setTimeout(() => {
      const message = `The request took longer than ${seconds} seconds.`;
      this.stop(new ApiError({ status: 504, message, code: 'timeout' }));
    }, seconds * 1000);
    client.addEventListener('abort', this.#clientLeft, { once: true });
    if (client.aborted) this.stop();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the generation; without a reason, because the client left. */
  stop(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** What is to be told of `error`: generations that were stopped say so, and the reason says why. */
  failure(error: unknown): unknown {
    return this.signal.reason instanceof ApiError ? this.signal.reason : error;
  }

  /** The last byte is out, or nobody wants it any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.client.removeEventListener('abort', this.#clientLeft);
    this.stop(finished);
    this.ended();
  }
}
