/** Somebody else's functions, given up when they take too long or are of no use any more. */
import { throwIfAborted } from '@llm/core';

/** Of rewards and of an environment's turns: long for a judge, short for a run that would wait for ever. */
export const defaultTimeoutSeconds = 300;

/**
 * Waits for what `work` gives. Rejects with what it throws, and after `seconds` with an error of its own.
 */
export type WithinTime = <Value>(work: () => Value | Promise<Value>, seconds: number) => Promise<Value>;

/**
 * What calls that belong together give: `work` makes each of them through the function that it is handed.
 * Rejects with the signal's reason as soon as it is aborted, whatever is waited for. Where one has failed, or
 * nobody wants them any more, no clock runs on for the others, which would keep a process from its end.
 */
export async function callTogether<Value>(
  signal: AbortSignal | undefined,
  work: (withinTime: WithinTime) => Promise<Value>,
): Promise<Value> {
  const clocks = new Set<ReturnType<typeof setTimeout>>();
  let isOver = false;
  const withinTime: WithinTime = async (call, seconds) => {
    if (isOver) throw new Error('nobody waits for this any more');
    let clock: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      // Longer than timers hold is for ever.
      const milliseconds = Math.min(seconds * 1000, 2 ** 31 - 1);
      clock = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), milliseconds);
      clocks.add(clock);
    });
    return Promise.race([Promise.resolve().then(call), late]).finally(() => {
      clearTimeout(clock);
      clocks.delete(clock);
    });
  };
  try {
    throwIfAborted(signal);
    return await unlessAborted(work(withinTime), signal);
  } finally {
    isOver = true;
    for (const clock of clocks) clearTimeout(clock);
  }
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work;
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    forget = () => signal.removeEventListener('abort', abort);
  });
  try {
    throwIfAborted(signal);
    return await Promise.race([work, aborted]);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    // Whichever comes second is nobody's.
    work.catch(() => undefined);
    forget();
  }
}

/** What somebody's function threw, in words: anything can be thrown, also what cannot be made a text. */
export function failureOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'it threw something that has no text';
  }
}
