import { Worker } from 'node:worker_threads';
import { LlmError } from '@llm/core';
import { afterEach, expect, test, vi } from 'vitest';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { createCountingWorkers } from './index.js';

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([0, 1])(
  'a thread that ends after %i messages ends the training with an error',
  async (answered) => {
    const genuine = Worker.prototype.postMessage;
    let sent = 0;
    vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message: unknown) {
      if (sent++ < answered) genuine.call(this, message);
      else void this.terminate();
    });
    const work = trainTokenizer(['the theatre is there. '.repeat(200_000), 'more. '.repeat(800_000)], {
      vocabularySize: 300,
      createCountingBackend: createCountingWorkers({ workers: 1 }),
    });
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(LlmError.isInstance(error) && error.code).toBe('tokenizer/worker-ended');
  },
  60_000,
);
