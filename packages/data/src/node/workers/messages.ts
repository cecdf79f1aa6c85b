/** What a worker and the thread that started it say to each other. */
import type { PhaseName } from '../pipeline/phases.js';
import type { RunPlan } from '../pipeline/run-context.js';
import type { StepsModule } from './steps-module.js';

export interface WorkerStart {
  readonly plan: RunPlan;
  readonly steps: StepsModule | undefined;
  /** Where the worker is: see `PageClock`. */
  readonly clock: SharedArrayBuffer;
}

export type StoreMethod = 'read' | 'readRange' | 'write' | 'has' | 'list' | 'delete';

export type ToWorker =
  | { readonly kind: 'task'; readonly phase: PhaseName; readonly task: number }
  | { readonly kind: 'stored'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'not-stored'; readonly id: number; readonly error: PlainError };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'progress'; readonly bytes: number; readonly pages: number }
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'store';
      readonly id: number;
      readonly method: StoreMethod;
      readonly parameters: readonly unknown[];
    };

/** An error on its way between threads. */
export interface PlainError {
  readonly code: string | undefined;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
}
