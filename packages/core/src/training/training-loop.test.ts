import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../contracts/run-event.js';
import type { TokenBatch, TrainingSnapshot } from '../contracts/trainable-model.js';
import { LlmError } from '../errors.js';
import { NgramModel } from '../testing/ngram-model.js';
import { runTrainingLoop, type TrainingLoop } from './training-loop.js';

/** Rows that differ from step to step; one target of a row does not count. */
function batchOf(step: number): TokenBatch {
  const ids = (shift: number): Int32Array =>
    Int32Array.from({ length: 8 }, (_, i) => (i * 3 + step + shift) % 7);
  const weights = Float32Array.from({ length: 8 }, (_, i) => (i % 4 === 3 ? 0 : 1));
  return { rows: 2, columns: 4, inputs: ids(0), targets: ids(1), weights, normalizer: 6 };
}

type Changes = Partial<TrainingLoop> & { readonly model?: NgramModel };

function loopOf(changes: Changes = {}): TrainingLoop & { readonly model: NgramModel } {
  return {
    model: new NgramModel(7),
    stage: 'test',
    steps: 6,
    schedule: { shape: 'cosine', peak: 2 },
    batch: (step) => ({ batch: batchOf(step) }),
    ...changes,
  };
}

async function eventsOf(changes: Changes): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await runTrainingLoop(loopOf({ ...changes, onEvent: (event) => events.push(event) }));
  return events;
}

const parameters = async (model: NgramModel): Promise<number[]> => [
  ...(await model.snapshot()).parameters.get('logits')!.data,
];

describe('runTrainingLoop', () => {
  test('tells of every step under the names of TRL, and of the whole', async () => {
    const events = await eventsOf({
      steps: 2,
      batch: (step) => ({ batch: batchOf(step), metrics: { epoch: step / 2 } }),
      summary: ({ losses }) => ({ losses: losses.length }),
    });
    expect(events.map(({ type }) => type)).toEqual([
      'stage-start',
      ...['progress', 'metric', 'progress', 'metric'],
      'stage-end',
    ]);
    expect(events[0]).toMatchObject({ stage: 'test', total: 2 });
    expect(events[2]).toMatchObject({
      step: 1,
      values: { loss: expect.closeTo(Math.log(7), 5), learning_rate: 2, num_tokens: 6, epoch: 0 },
    });
    const { values } = events[4] as RunEvent & { type: 'metric' };
    expect(Object.keys(values)).toEqual([
      ...['loss', 'grad_norm', 'learning_rate', 'num_tokens', 'step_time', 'tokens_per_second', 'epoch'],
    ]);
    expect(values.learning_rate).toBeCloseTo(2 * 0.05, 12);
    expect(values.tokens_per_second).toBeCloseTo(8 / values.step_time!, 6);
    expect(events[5]).toMatchObject({ summary: { steps: 2, losses: 2 } });
  });

  test('a schedule runs over the steps of the training, or over its own, or is a function', async () => {
    const rates = async (schedule: TrainingLoop['schedule']): Promise<number[]> =>
      (await eventsOf({ steps: 3, schedule })).flatMap((event) =>
        event.type === 'metric' ? [event.values.learning_rate!] : [],
      );
    const shape = { shape: 'cosine', peak: 1, finalShare: 0 } as const;
    expect((await rates(shape)).map((rate) => rate.toFixed(3))).toEqual(['1.000', '0.500', '0.000']);
    expect((await rates({ ...shape, steps: 5 })).map((rate) => rate.toFixed(3))).toEqual([
      ...['1.000', '0.854', '0.500'],
    ]);
    expect(await rates((step) => step + 1)).toEqual([1, 2, 3]);
  });

  test('stopped anywhere and restored it ends where it would have', async () => {
    const whole = loopOf();
    const { losses } = await runTrainingLoop(whole);
    for (const stop of [1, 3, 5]) {
      const first = loopOf();
      const controller = new AbortController();
      let saved: TrainingSnapshot | undefined;
      const stopped = runTrainingLoop({
        ...first,
        signal: controller.signal,
        saveEvery: 4,
        onCheckpoint: async (step) => {
          saved = await first.model.snapshot();
          expect(saved.stepsTaken).toBe(step);
        },
        onEvent: (event) =>
          void (event.type === 'progress' && event.done === stop && controller.abort('enough')),
      });
      await expect(stopped).rejects.toBe('enough');
      const second = loopOf();
      await second.model.restore(saved!);
      const report = await runTrainingLoop(second);
      // The signal stopped it between two saves: the step reached was saved.
      expect(report.losses).toEqual(losses.slice(stop));
      expect(await parameters(second.model)).toEqual(await parameters(whole.model));
    }
  });

  test('several updates on a batch, and rows a few at a time', async () => {
    const twice = loopOf({ updatesPerBatch: 2 });
    expect((await runTrainingLoop(twice)).steps).toBe(6);
    expect(twice.model.stepsTaken).toBe(12);
    expect(twice.model.batches[0]).toBe(twice.model.batches[1]);
    const [whole, parts] = [loopOf(), loopOf({ rowsAtOnce: 1 })];
    const [expected, actual] = [await runTrainingLoop(whole), await runTrainingLoop(parts)];
    expect(parts.model.batches.length).toBe(12);
    for (const [step, loss] of actual.losses.entries()) expect(loss).toBeCloseTo(expected.losses[step]!, 5);
    expect(actual).toMatchObject({ tokens: 36, positions: 48 });
  });

  test('saves, then measures, and a resumed run measures what it may have missed', async () => {
    const calls: string[] = [];
    const hooks = (model: NgramModel): Changes => ({
      model,
      saveEvery: 2,
      evaluateEvery: 2,
      evaluateFirst: true,
      onCheckpoint: (step) => {
        calls.push(`save ${step}`);
        return `step-${step}`;
      },
      evaluate: (step) => {
        calls.push(`measure ${step}`);
        return { eval_loss: step };
      },
      onEvaluation: (step, { eval_loss }) => void calls.push(`measured ${step} ${eval_loss}`),
    });
    const events = await eventsOf({ ...hooks(new NgramModel(7)), steps: 3 });
    expect(calls).toEqual([
      ...['measure 0', 'measured 0 0'],
      ...['save 2', 'measure 2', 'measured 2 2'],
      ...['save 3', 'measure 3', 'measured 3 3'],
    ]);
    expect(events.flatMap((event) => (event.type === 'artifact' ? [event.key] : []))).toEqual([
      ...['step-2', 'step-3'],
    ]);
    const resumed = async (steps: number): Promise<string[]> => {
      calls.length = 0;
      const model = new NgramModel(7);
      model.stepsTaken = 2;
      await eventsOf({ ...hooks(model), steps });
      return calls.filter((call) => call.startsWith('measure ') || call.startsWith('save'));
    };
    expect(await resumed(3)).toEqual(['measure 2', 'save 3', 'measure 3']);
    expect(await resumed(2)).toEqual(['measure 2']);
  });

  test('a lost loss names the step, the data and the last good checkpoint', async () => {
    const error = await runTrainingLoop(
      loopOf({
        steps: 9,
        saveEvery: 2,
        onCheckpoint: () => {},
        schedule: (step) => (step === 4 ? Number.MAX_VALUE : 1),
        batch: (step) => ({
          batch: batchOf(step),
          origin: { description: `pages ${step}`, details: { pages: [step] } },
        }),
      }),
    ).catch((reason: unknown) => reason);
    expect(LlmError.isInstance(error) && error).toMatchObject({
      code: 'model/training-diverged',
      message: expect.stringMatching(/^Training stopped at step 6, pages 5\. .* checkpoint is of step 4\.$/),
      details: { step: 6, pages: [5], lastGoodCheckpoint: 4 },
      cause: { code: 'model/loss-not-finite' },
    });
  });

  test('an option that is no such number is refused by name before anything happens', async () => {
    const wrong: [Changes, string][] = [
      [{ steps: Number.NaN }, 'steps is NaN; it must be an integer of at least 0.'],
      [{ steps: 2.5 }, 'steps is 2.5'],
      [{ steps: '6' as unknown as number }, 'steps is "6"'],
      [{ steps: Number.POSITIVE_INFINITY }, 'steps is Infinity'],
      [{ rowsAtOnce: 0 }, 'rowsAtOnce is 0'],
      [{ saveEvery: 0 }, 'saveEvery is 0'],
      [{ saveEvery: 1.5 }, 'saveEvery is 1.5'],
      [{ evaluateEvery: Number.NaN }, 'evaluateEvery is NaN'],
      [{ updatesPerBatch: 0 }, 'updatesPerBatch is 0'],
      [{ maximumLossRise: Number.NaN }, 'maximumLossRise is NaN'],
      [{ schedule: { shape: 'cosine', peak: Number.NaN } }, 'schedule.peak is NaN'],
      [{ schedule: { shape: 'cosine', peak: -1 } }, 'schedule.peak is -1'],
      [{ schedule: { shape: 'linear' as 'cosine', peak: 1 } }, 'schedule.shape is "linear"'],
      [{ schedule: { shape: 'cosine', peak: 1, warmUpSteps: -1 } }, 'schedule.warmUpSteps is -1'],
      [{ schedule: { shape: 'trapezoid', peak: 1, warmDownShare: 65 } }, 'schedule.warmDownShare is 65'],
      [{ schedule: { shape: 'cosine', peak: 1, finalShare: Number.NaN } }, 'schedule.finalShare is NaN'],
    ];
    for (const [changes, message] of wrong) {
      const events: RunEvent[] = [];
      const training = runTrainingLoop(loopOf({ ...changes, onEvent: (event) => events.push(event) }));
      await expect(training).rejects.toMatchObject({
        code: 'core/option-invalid',
        message: expect.stringContaining(message),
      });
      expect(events).toEqual([]);
    }
  });

  test('a schedule that gives no rate is named with its step, and the step is not taken', async () => {
    for (const rate of [Number.NaN, -1, undefined as unknown as number]) {
      const loop = loopOf({ schedule: (step) => (step === 3 ? rate : 1) });
      await expect(runTrainingLoop(loop)).rejects.toMatchObject({
        code: 'core/option-invalid',
        message: `schedule(3) is ${rate}; it must be a number of at least 0.`,
      });
      expect(loop.model.stepsTaken).toBe(3);
    }
  });

  test('a failing step saves nothing, and its error is the one that is thrown', async () => {
    const failure = new Error('no data');
    const saved: number[] = [];
    const training = runTrainingLoop(
      loopOf({
        onCheckpoint: (step) => void saved.push(step),
        batch: (step) => {
          if (step === 2) throw failure;
          return { batch: batchOf(step) };
        },
      }),
    );
    await expect(training).rejects.toBe(failure);
    expect(saved).toEqual([]);
  });
});
