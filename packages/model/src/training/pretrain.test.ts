import { LlmError, type RunEvent, type StepResult, type TokenBatch } from '@llm/core';
import { ByteTokenizer, NgramModel } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { type FeedPosition, PackedBatchFeed } from '../feed/batch-feed.js';
import { documentsInMemory } from '../feed/token-documents.js';
import { createTransformer } from '../transformer.js';
import { type PretrainOptions, pretrain } from './pretrain.js';

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
    const losses = async (stops: readonly number[], inputNoise = 0): Promise<number[]> => {
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
          inputNoise,
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
    const uninterrupted = await losses([24]);
    expect(await losses([7, 16, 24])).toEqual(uninterrupted);
    const noisy = await losses([24], 0.2);
    expect(noisy).not.toEqual(uninterrupted);
    expect(await losses([7, 16, 24], 0.2)).toEqual(noisy);
  });

  test.each([{ inputNoise: 1.5 }, { copyingShare: -0.1 }])(
    'a share of %o is refused by its name',
    async (share) => {
      const model = new NgramModel(tokenizer.vocabularySize);
      const [name] = Object.keys(share);
      await expect(pretrain({ ...base, ...share, model, steps: 1, schedule: () => 0 })).rejects.toThrow(name);
    },
  );

  test('rows computed a few at a time make the same steps', async () => {
    const losses = async (rowsAtOnce: number): Promise<number[]> => {
      const model = new NgramModel(tokenizer.vocabularySize);
      const all: number[] = [];
      await pretrain({
        ...base,
        model,
        steps: 4,
        schedule: () => 30,
        rowsAtOnce,
        onEvent: (event) => {
          if (event.type === 'metric') all.push(event.values.loss!);
        },
      });
      expect(model.batches.length).toBe(4 * Math.ceil(base.rows / rowsAtOnce));
      return all;
    };
    const whole = await losses(base.rows);
    for (const [step, loss] of (await losses(3)).entries()) expect(loss).toBeCloseTo(whole[step]!, 5);
  });

  test('a loss that is not a number names the step, the batch and the last good checkpoint', async () => {
    const model = new NgramModel(tokenizer.vocabularySize);
    const error = await failure({
      ...base,
      model,
      steps: 9,
      saveEvery: 2,
      onCheckpoint: () => {},
      schedule: (step) => (step === 4 ? Number.MAX_VALUE : 0.1),
    });
    expect(error).toMatchObject({
      code: 'model/training-diverged',
      details: { step: 6, lastGoodCheckpoint: 4 },
    });
    expect(error.message).toContain('step 6, batch 6 of the feed (documents ');
    expect(sameBatch(error)).toEqual(model.batches[5]);
  });

  test('a loss that explodes stops, and a checkpoint of the explosion is not a good one', async () => {
    const losses = [6, 4, 3, 2, 2, 2, 2, 2, 3, 2, 2, 6, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    const model = new ScriptedLoss(tokenizer.vocabularySize, losses);
    const options = {
      ...base,
      model,
      steps: losses.length,
      saveEvery: 1,
      onCheckpoint: () => {},
      schedule: () => 0,
    };
    const error = await failure(options);
    expect(error.code).toBe('model/training-diverged');
    // The mean is lowest at step 11 (2.73); at 14 (3.79) it is more than 1 above that, at 18 (4.94) more than
    // 2.
    expect(error.details).toMatchObject({ step: 18, lastGoodCheckpoint: 13 });
    expect(error.message).toContain('The loss explodes: 9.000');
    expect(sameBatch(error)).toEqual(model.batches[17]);
    const silent = new ScriptedLoss(tokenizer.vocabularySize, [6, 5, Number.NaN, 4]);
    expect((await failure({ ...options, model: silent })).details).toMatchObject({
      step: 3,
      lastGoodCheckpoint: 2,
    });
    const patient = new ScriptedLoss(tokenizer.vocabularySize, losses);
    await pretrain({ ...options, model: patient, maximumLossRise: Number.POSITIVE_INFINITY });
    expect(patient.stepsTaken).toBe(losses.length);
    const spike = new ScriptedLoss(tokenizer.vocabularySize, [6, 5, 4, 3, 3, 9, 3, 3, 3]);
    await pretrain({ ...options, model: spike, steps: 9 });
  });

  test('a real model driven apart by its learning rate stops too', async () => {
    const model = await createTransformer({ config, executor });
    const schedule = (step: number): number => (step < 30 ? 3e-3 : 30);
    const error = await failure({
      ...base,
      model,
      steps: 99,
      saveEvery: 10,
      onCheckpoint: () => {},
      schedule,
    });
    expect(error.code).toBe('model/training-diverged');
    expect(error.details.lastGoodCheckpoint).toBe(30);
    expect(error.details.step).toBeGreaterThan(30);
    await model.dispose();
  });

  test('checkpoints are announced before the evaluation of their step', async () => {
    const calls: string[] = [];
    const events: RunEvent[] = [];
    await pretrain({
      ...base,
      model: new NgramModel(tokenizer.vocabularySize),
      steps: 5,
      schedule: () => 0.1,
      heldOut: ['1 is followed by 2.'],
      saveEvery: 2,
      evaluateEvery: 2,
      onCheckpoint: (step, { batches }) => {
        calls.push(`save ${step} ${batches}`);
        return `run/step-${step}`;
      },
      onEvaluation: (step) => void calls.push(`evaluate ${step}`),
      onEvent: (event) => events.push(event),
    });
    const steps = [2, 4, 5];
    expect(calls).toEqual(steps.flatMap((step) => [`save ${step} ${step}`, `evaluate ${step}`]));
    expect(events.flatMap((event) => (event.type === 'artifact' ? [event.key] : []))).toEqual(
      steps.map((step) => `run/step-${step}`),
    );
  });

  test('a tokenizer with more ids than the model is refused before anything is read', async () => {
    const error = await failure({ ...base, model: new NgramModel(256), steps: 1, schedule: () => 1 });
    expect(error.code).toBe('model/vocabulary-mismatch');
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

  test('a feed that does not stand where the model does is warned about', async () => {
    const warnings = async (batches: number): Promise<string[]> => {
      const model = new NgramModel(tokenizer.vocabularySize);
      model.stepsTaken = 3;
      const source = documentsInMemory(documents.map((text) => tokenizer.encode(text)));
      const feed = new PackedBatchFeed(source, { rows: 2, columns: 8, seed: 1, bosToken: 256 });
      feed.skip(batches);
      const codes: string[] = [];
      const onEvent = (event: RunEvent): unknown => event.type === 'warning' && codes.push(event.code);
      await pretrain({ model, tokenizer, feed, steps: 4, schedule: () => 0.1, onEvent });
      return codes;
    };
    expect(await warnings(0)).toEqual(['model/feed-position-differs']);
    expect(await warnings(3)).toEqual([]);
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

async function failure(options: PretrainOptions): Promise<LlmError> {
  const error: unknown = await pretrain(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!LlmError.isInstance(error)) throw new Error(`expected an LlmError, got ${String(error)}`);
  return error;
}

/** The batch an error's details lead to. */
function sameBatch({ details }: LlmError): unknown {
  const source = documentsInMemory(documents.map((text) => tokenizer.encode(text)));
  const options = { rows: base.rows, columns: base.columns, seed: base.seed, bosToken: 256 };
  const { batch, documents: named } = new PackedBatchFeed(
    source,
    options,
    details.feedPosition as unknown as FeedPosition,
  ).read();
  expect(details.documents).toEqual(named);
  return batch;
}

class ScriptedLoss extends NgramModel {
  constructor(
    vocabularySize: number,
    readonly losses: readonly number[],
  ) {
    super(vocabularySize);
  }

  override async trainStep(batch: TokenBatch): Promise<StepResult> {
    this.batches.push(batch);
    return { loss: this.losses[this.stepsTaken++]!, gradientNorm: 1, metrics: {} };
  }
}
