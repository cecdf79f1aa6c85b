/** The worker's side of `WorkerCalls`. */
import { LlmError } from '@llm/core';
import type { CallTypes, FromWorker, ToWorker } from './worker-calls.js';

export interface CallContext<Says> {
  say(part: Says): void;
  readonly signal: AbortSignal;
  /** These go over with the answer and are not copied. */
  transfer(...buffers: readonly Transferable[]): void;
}

export type Answers<Types extends CallTypes> = {
  readonly [Name in keyof Types]: (
    takes: Types[Name]['takes'],
    context: CallContext<Types[Name]['says']>,
  ) => Types[Name]['gives'] | Promise<Types[Name]['gives']>;
};

export function serveCalls<Types extends CallTypes>(answers: Answers<Types>): void {
  const scope = globalThis as unknown as DedicatedWorkerGlobalScopeLike;
  const running = new Map<number, AbortController>();
  const post = (message: FromWorker, transfer: Transferable[] = []): void =>
    scope.postMessage(message, transfer);
  scope.onmessage = async ({ data }) => {
    if ('abort' in data) {
      running.get(data.abort)?.abort();
      return;
    }
    const { call, name, takes } = data;
    const control = new AbortController();
    running.set(call, control);
    const buffers: Transferable[] = [];
    try {
      const gives = await answers[name]!(takes as never, {
        say: (says) => post({ call, says }),
        signal: control.signal,
        transfer: (...given) => void buffers.push(...given),
      });
      post({ call, gives }, buffers);
    } catch (error) {
      const code = LlmError.isInstance(error) ? error.code : 'studio/worker-failed';
      post({ call, code, message: error instanceof Error ? error.message : String(error) });
    } finally {
      running.delete(call);
    }
  };
}

/** The scope of a dedicated worker; TypeScript's own type for it does not stand beside that of a page. */
interface DedicatedWorkerGlobalScopeLike {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}
