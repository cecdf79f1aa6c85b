/**
 * Ctrl-C once: the signal is aborted, work stops after the current step and saves. Twice: exit at once.
 * npm passes the terminal's Ctrl-C on to its child, which then gets it twice within moments; a repeat within
 * a second is therefore the same key press.
 */
export class Interrupted extends Error {
  constructor(readonly exitCode: number) {
    super('Interrupted.');
    this.name = 'Interrupted';
  }
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

export function listenForInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController();
  let first = 0;
  const handler = (exitCode: number) => (): void => {
    if (!controller.signal.aborted) {
      first = Date.now();
      onFirst();
      controller.abort(new Interrupted(exitCode));
    } else if (Date.now() - first > 1000) process.exit(exitCode);
  };
  const interrupt = handler(130);
  const terminate = handler(143);
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
    },
  };
}
