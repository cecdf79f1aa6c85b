import { createRandom, type RunEvent } from '@llm/core';
import { ByteTokenizer, NgramModel } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from './model-config.js';
import { createBatchFeed, pretrain } from './pretrain.js';
import { createTransformer } from './transformer.js';

const executor = createNodeExecutor({ threads: 1 });
const tokenizer = new ByteTokenizer();
const documents = Array.from({ length: 40 }, (_, i) => `${i} is followed by ${i + 1}.`);
const config = createModelConfig({
  vocabularySize: tokenizer.vocabularySize,
  contextLength: 24,
  depth: 1,
  width: 32,
  heads: 1,
});
const base = { tokenizer, documents, rows: 4, columns: 24, seed: 3 };

describe('pretrain', () => {
  test('held-out bits per byte fall, events tell the story', async () => {
    const events: RunEvent[] = [];
    const model = await createTransformer({ config, executor });
    const heldOut = ['41 is followed by 42.'];
    const before = await pretrain({ ...base, model, steps: 0, schedule: () => 0, heldOut });
    const report = await pretrain({
      ...base,
      model,
      steps: 60,
      schedule: { shape: 'trapezoid', peak: 3e-3, steps: 60, warmUpSteps: 5 },
      heldOut,
      onEvent: (event) => events.push(event),
    });
    expect(before.bitsPerByte).toBeGreaterThan(7.5);
    expect(report.bitsPerByte).toBeLessThan(3.5);
    expect([report.steps, report.tokens]).toEqual([60, 60 * 96]);
    expect(events[0]?.type).toBe('stage-start');
    expect(events.at(-1)?.type).toBe('stage-end');
    const losses = events.flatMap((event) =>
      event.type === 'metric' && 'loss' in event.values ? [event.values.loss!] : [],
    );
    expect(losses.length).toBe(60);
    await model.dispose();
  });

  test('stopped and resumed equals uninterrupted, to the bit', async () => {
    const losses = async (stops: readonly number[]): Promise<number[]> => {
      const all: number[] = [];
      let snapshot: Awaited<ReturnType<NgramModel['snapshot']>> | undefined;
      for (const steps of stops) {
        const model = await createTransformer({ config, executor, seed: steps });
        if (snapshot) await model.restore(snapshot);
        else await model.restore({ ...(await (await createTransformer({ config, executor })).snapshot()) });
        await pretrain({
          ...base,
          model,
          steps,
          schedule: { shape: 'cosine', peak: 1e-3, steps: 24 },
          onCheckpoint: async () => {
            snapshot = await model.snapshot();
          },
          onEvent: (event) => {
            if (event.type === 'metric') all.push(event.values.loss!);
          },
        });
        await model.dispose();
      }
      return all;
    };
    expect(await losses([7, 16, 24])).toEqual(await losses([24]));
  });

  test('a loss that is not a number names the step and the last checkpoint', async () => {
    const model = new NgramModel(tokenizer.vocabularySize);
    const training = pretrain({
      ...base,
      model,
      steps: 9,
      saveEvery: 2,
      schedule: (step) => (step === 4 ? Number.NaN : 0.1),
    });
    await expect(training).rejects.toMatchObject({
      code: 'model/training-diverged',
      details: { step: 6, lastCheckpoint: 4 },
    });
  });

  test('an aborted run stops between two steps', async () => {
    const model = new NgramModel(tokenizer.vocabularySize);
    const controller = new AbortController();
    const training = pretrain({
      ...base,
      model,
      steps: 99,
      schedule: () => 0.1,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.done === 3) controller.abort();
      },
    });
    await expect(training).rejects.toThrow();
    expect(model.stepsTaken).toBe(3);
  });

  test('no text is a typed error', async () => {
    const training = pretrain({
      ...base,
      documents: ['', ''],
      model: new NgramModel(257),
      steps: 1,
      schedule: () => 1,
    });
    await expect(training).rejects.toMatchObject({ code: 'model/no-training-text' });
  });
});

test('a batch depends on the step alone, across epochs', () => {
  const random = createRandom(9);
  const ids = Array.from({ length: 30 }, () =>
    Int32Array.from({ length: random.integer(20) }, () => random.integer(99)),
  );
  const options = { documents: ids, bosToken: 99, rows: 3, columns: 8, seed: 1 };
  const inOrder = createBatchFeed(options);
  const batches = Array.from({ length: 40 }, (_, step) => inOrder.batch(step, true));
  for (const step of [39, 0, 17, 5, 38])
    expect(createBatchFeed(options).batch(step, true)).toEqual(batches[step]);
});
