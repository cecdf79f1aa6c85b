/**
 * Messages between an executor on the calling thread and the thread that runs
 * it. Every request has a number and gets one reply. The same in Node
 * (worker_threads) and in a browser (Web Worker); a `WorkerPort` hides which.
 */
import type { CreateSessionOptions } from '../execution/executor.js';
import type { HostTensor, TensorType } from '../tensors/tensor.js';

/** Names a tensor that stays with the worker. */
export interface ResidentHandle {
  readonly resident: number;
  readonly type: TensorType;
  readonly shape: readonly number[];
}

export type WireTensor = HostTensor | ResidentHandle;

export type WorkerRequest =
  | { readonly kind: 'create'; readonly model: Uint8Array; readonly options: CreateSessionOptions }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly feeds: Readonly<Record<string, WireTensor>>;
      readonly fetches: readonly string[] | undefined;
      /** Outputs that stay with the worker. */
      readonly kept: readonly string[];
    }
  | { readonly kind: 'upload'; readonly tensor: HostTensor }
  | { readonly kind: 'download'; readonly resident: number }
  | { readonly kind: 'free'; readonly resident: number }
  | { readonly kind: 'dispose'; readonly session: number };

export type WorkerResult =
  | { readonly session: number }
  | { readonly outputs: Readonly<Record<string, WireTensor>> }
  | { readonly tensor: WireTensor }
  | { readonly done: true };

export interface NumberedRequest {
  readonly id: number;
  readonly request: WorkerRequest;
}

export interface WorkerReply {
  readonly id: number;
  readonly result?: WorkerResult | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** The calling thread's end of a worker. */
export interface WorkerPort {
  post(message: NumberedRequest): void;
  /** Called once. `fail` reports a thread that broke or ended by itself. */
  listen(receive: (reply: WorkerReply) => void, fail: (reason: unknown) => void): void;
  /** Whether requests are under way: in Node an idle worker does not keep the process alive. */
  setBusy(busy: boolean): void;
  /** Ends the thread at once, in the middle of a run if need be. */
  terminate(): Promise<void>;
}
