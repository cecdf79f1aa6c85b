/**
 * Calls of a worker by name: numbered questions, any number of things said on the way, one answer or one
 * error. A call can be given up; what it had begun is then told so by its signal.
 */
import { Problem } from '../store/ask.js';
import { startWorker } from './start-worker.js';

/** What a worker can be asked: by name, what it takes, what it says on the way and what it gives. */
export type CallTypes = Readonly<
  Record<string, { readonly takes: unknown; readonly says?: unknown; readonly gives: unknown }>
>;

export type ToWorker =
  | { readonly call: number; readonly name: string; readonly takes: unknown }
  | { readonly abort: number };

export type FromWorker =
  | { readonly call: number; readonly says: unknown }
  | { readonly call: number; readonly gives: unknown }
  | { readonly call: number; readonly code: string; readonly message: string };

interface Open {
  readonly said: ((part: never) => void) | undefined;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface CallOptions<Says> {
  readonly onSaid?: ((part: Says) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly transfer?: readonly Transferable[] | undefined;
}

export class WorkerCalls<Types extends CallTypes> {
  readonly #worker: Worker;
  readonly #open = new Map<number, Open>();
  #calls = 0;
  #dead: Problem | undefined;

  /** `address`: of a script that calls `serveCalls`. */
  constructor(address: string) {
    this.#worker = startWorker(address);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = ({ message }) => {
      const text = `The worker stopped: ${message || 'its script could not be loaded'}. Reload the page.`;
      this.#end(new Problem('studio/worker-stopped', text));
    };
  }

  call<Name extends keyof Types & string>(
    name: Name,
    takes: Types[Name]['takes'],
    { onSaid, signal, transfer = [] }: CallOptions<Types[Name]['says']> = {},
  ): Promise<Types[Name]['gives']> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      const abort = (): void => this.#post({ abort: call });
      const finish = (): void => signal?.removeEventListener('abort', abort);
      this.#open.set(call, {
        said: onSaid as Open['said'],
        resolve: (value) => {
          finish();
          resolve(value);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      });
      this.#post({ call, name, takes }, transfer);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
    });
  }

  stop(): void {
    this.#worker.terminate();
    this.#end(new Problem('studio/worker-stopped', 'It was stopped.'));
  }

  #post(message: ToWorker, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, [...transfer]);
  }

  #receive(message: FromWorker): void {
    const open = this.#open.get(message.call);
    if (open === undefined) return;
    if ('says' in message) {
      open.said?.(message.says as never);
      return;
    }
    this.#open.delete(message.call);
    if ('gives' in message) open.resolve(message.gives as never);
    else open.reject(new Problem(message.code, message.message));
  }

  #end(problem: Problem): void {
    this.#dead = problem;
    for (const { reject } of this.#open.values()) reject(problem);
    this.#open.clear();
  }
}
