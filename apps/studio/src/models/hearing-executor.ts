/**
 * An executor that lets its thread hear messages between runs: WebAssembly computes without a pause, so that
 * a worker would learn that it was to stop when all is done.
 */
import type { Executor } from '@llm/graph';

type GraphSession = Awaited<ReturnType<Executor['createSession']>>;

/** A pause costs some hundredths of a millisecond; so many milliseconds go by between two. */
const betweenPauses = 10;

export function hearingExecutor(executor: Executor): Executor {
  let last = performance.now();
  const pause = async (): Promise<void> => {
    if (performance.now() - last < betweenPauses) return;
    await nextMessage();
    last = performance.now();
  };
  return {
    ...executor,
    async createSession(model, options) {
      const session = await executor.createSession(model, options);
      const hearing: GraphSession = {
        async run(feeds, fetches) {
          await pause();
          return session.run(feeds, fetches);
        },
        dispose: () => session.dispose(),
      };
      if (session.runResident === undefined) return hearing;
      return {
        ...hearing,
        async runResident(feeds, fetches) {
          await pause();
          return session.runResident!(feeds, fetches);
        },
      };
    },
  };
}

/** Timers would wait four milliseconds. */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

function nextMessage(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(undefined);
  });
}
