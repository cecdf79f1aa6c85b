import { afterAll, describe, expect, test } from 'vitest';
import { createStatefulSession } from '../execution/stateful-session.js';
import { executorContract } from '../testing/executor-contract.js';
import { prepareVulkan } from '../testing/executor-under-test.js';
import { SmallTrainingTask } from '../testing/small-training-task.js';
import { createNodeWebgpuExecutor } from './webgpu-executor.js';
import { createNodeWorkerExecutor } from './worker-executor.js';

// Slow: the software GPU computes on the processor

const driver = prepareVulkan();

describe.skipIf(!driver)('onnxruntime-node, WebGPU without CPU fallback', () => {
  // Compiling shaders on a software driver takes a quarter of a minute: `npm run test:webgpu` runs all of it.
  if (process.env.LLM_GRAPH_EXECUTOR === 'webgpu') {
    executorContract({ test, expect }, () => createNodeWebgpuExecutor());

    describe('in a worker', () => {
      const executor = createNodeWorkerExecutor({ provider: 'webgpu' });
      afterAll(() => executor.close());
      executorContract({ test, expect }, () => executor);
    });
  }

  test('state stays in device memory between steps and comes back on request', {
    timeout: 300_000,
  }, async () => {
    const task = new SmallTrainingTask({ width: 8, vocabulary: 11 });
    const session = await createStatefulSession(createNodeWebgpuExecutor(), task.graph(1, 3), task.state);
    await session.writeState(task.initialState());
    await session.step(task.batch(1, 3, 0));
    expect(() => session.buffers.current('query')).toThrow('device memory');
    const query = (await session.readState()).get('query')!;
    expect(query.shape).toEqual([8, 8]);
    expect([...query.data]).not.toEqual([...task.initialState().get('query')!.data]);
    await session.writeState(new Map([['query', query]]));
    await session.step(task.batch(1, 3, 1));
    session.buffers.dispose();
    await session.dispose();
  });

  test('float16 goes to device memory and comes back', { timeout: 300_000 }, async () => {
    const device = createNodeWebgpuExecutor().device!;
    const data = Uint16Array.of(0x3c00, 0x4000, 0xc200, 0x7bff);
    const resident = await device.upload({ type: 'float16', shape: [2, 2], data });
    expect(await device.download(resident)).toEqual({ type: 'float16', shape: [2, 2], data });
    resident.dispose();
  });
});
