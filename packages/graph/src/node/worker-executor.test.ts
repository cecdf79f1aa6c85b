import { afterAll, describe, expect, test } from 'vitest';
import { createStatefulSession } from '../execution/stateful-session.js';
import { executorContract } from '../testing/executor-contract.js';
import { longRun } from '../testing/long-run.js';
import { SmallTrainingTask } from '../testing/small-training-task.js';
import { createNodeExecutor } from './node-executor.js';
import { createNodeWorkerExecutor } from './worker-executor.js';

// Slow: each test starts the runtime in a thread and runs long graphs to interrupt

describe('onnxruntime-node in a worker', () => {
  const executor = createNodeWorkerExecutor({ threads: 1 });
  afterAll(() => executor.close());
  executorContract({ test, expect }, () => executor);

  test('training gives the bits it gives on the main thread', async () => {
    const task = new SmallTrainingTask({ width: 16, vocabulary: 30 });
    const losses: number[][] = [];
    for (const each of [executor, createNodeExecutor({ threads: 1 })]) {
      const session = await createStatefulSession(each, task.graph(2, 5), task.state);
      await session.writeState(task.initialState());
      const run: number[] = [];
      for (let step = 0; step < 4; step++) {
        run.push(Number((await session.step(task.batch(2, 5, step))).loss!.data[0]));
      }
      losses.push(run);
    }
    expect(losses[0]).toEqual(losses[1]);
  });

  test('the calling thread keeps running during a run', async () => {
    const { model, feeds } = longRun('cpu');
    const session = await executor.createSession(model);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    await session.run(feeds);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test('aborting rejects a run under way with the reason, and all that follow', async () => {
    const controller = new AbortController();
    const abortable = createNodeWorkerExecutor({ threads: 1, signal: controller.signal });
    const { model, feeds } = longRun('cpu');
    const session = await abortable.createSession(model);
    const run = session.run(feeds);
    controller.abort(new Error('stop pressed'));
    await expect(run).rejects.toThrow('stop pressed');
    await expect(session.run(feeds)).rejects.toThrow('stop pressed');
  });
});
