/** Somebody else's functions, given up when they take too long or are of no use any more. */
import { throwIfAborted } from '@llm/core';

/** Of rewards and of an environment's turns: long for a judge, short for a run that would wait for ever. */
export const defaultTimeoutSeconds = 300;

/**
 * What `work` gives, waited for. Rejects with what it throws, and after `seconds` with an error of its own.
 */
export async function withinTime<Value>(work: () => Value | Promise<Value>, seconds: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${seconds} s`)),
      // Longer than timers hold is for ever.
      Math.min(seconds * 1000, 2 ** 31 - 1),
    );
  });
  return Promise.race([Promise.resolve().then(work), late]).finally(() => clearTimeout(timer));
}

/**
 * Rejects with the signal's reason as soon as it is aborted, whatever `work` is waiting for, and when it
 * rejects because of it.
 */
export async function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
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
