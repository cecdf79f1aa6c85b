/** A worker thread: makes its steps, then does one task after another. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createKeyMaker } from '../../deduplication/document-keys.js';
import { StepRunner } from '../../pipeline/step-runner.js';
import { runTask } from '../pipeline/phases.js';
import type { RunContext } from '../pipeline/run-context.js';
import type { FromWorker, ToWorker, WorkerStart } from './messages.js';
import { PageClock } from './page-clock.js';
import { plainError } from './plain-error.js';
import { RemoteStore } from './remote-store.js';
import { runSteps } from './steps-module.js';

/** Nothing happens where this is imported outside a thread. */
export function runWorker(port: MessagePort, { plan, steps, clock: memory }: WorkerStart): void {
  const send = (message: FromWorker): void => port.postMessage(message);
  const clock = new PageClock(memory);
  const store = new RemoteStore(send);

  let lastProgress = 0;
  async function makeContext(): Promise<RunContext> {
    return {
      store,
      plan,
      runner: new StepRunner(await runSteps(steps, plan.decontamination), (index) => clock.step(index + 1)),
      keyMaker: plan.deduplication === false ? undefined : createKeyMaker(plan.deduplication),
      watch: clock,
      onProgress: (_, bytes, pages) => {
        const now = Date.now();
        if (now - lastProgress < 200) return;
        lastProgress = now;
        send({ kind: 'progress', bytes, pages });
      },
      onWarning: (code, message) => send({ kind: 'warning', code, message }),
    };
  }
  const context = makeContext();
  context.then(
    () => send({ kind: 'ready' }),
    (error: unknown) => send({ kind: 'failed', error: plainError(error) }),
  );

  port.on('message', async (message: ToWorker) => {
    if (message.kind !== 'task') return store.receive(message);
    try {
      const result = await runTask(message.phase, message.task, await context);
      clock.rest();
      send({ kind: 'done', result });
    } catch (error) {
      clock.rest();
      send({ kind: 'failed', error: plainError(error) });
    }
  });
}

if (parentPort !== null) runWorker(parentPort, workerData as WorkerStart);
