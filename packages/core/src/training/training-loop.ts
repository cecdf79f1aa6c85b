/**
 * The one training loop. It is a pure function of (options, step): it begins at the step the model stands at
 * and asks for the batch of each step by number, so that a restored model continues to the bit. A stage gives
 * it its batches and its own metrics; where to start, the schedule, accumulation, checkpoints, evaluation,
 * the watch on the loss and the events are here. Steps are counted alike everywhere: what an event says of
 * step s is true after s steps.
 *
 * Metrics of a step carry the names of TRL: `loss`, `grad_norm`, `learning_rate`, `num_tokens` (targets that
 * count in this step's loss; a running total, which TRL logs, would not survive a resumption), `step_time` in
 * seconds (batch and update), and `tokens_per_second` (positions of the batch over that time).
 */
import type { JsonValue } from '../contracts/json.js';
import { emit } from '../contracts/run-event.js';
import type { StepResult, TokenBatch, TrainableModel } from '../contracts/trainable-model.js';
import { checkLearningRate, checkTrainingOptions } from './check-training-options.js';
import { type BatchOrigin, explosion, lossIsNoNumber, trainingDiverged } from './divergence.js';
import { learningRateOf } from './learning-rate-schedule.js';
import { LossWatch } from './loss-watch.js';
import { splitBatch } from './split-batch.js';
import type { Metrics, TrainingOptions } from './training-options.js';

/** The batch of one step, and what its stage knows about it. */
export interface TrainingBatch {
  /** Several: an optimizer step on each, in turn, as often as `updatesPerBatch` says in all. */
  readonly batch: TokenBatch | readonly TokenBatch[];
  /** Beside the loop's own, or instead of one of the same name. */
  readonly metrics?: Metrics | undefined;
  /** Where the data came from: named in the error when training diverges on it. */
  readonly origin?: BatchOrigin | undefined;
}

export interface TrainingLoop extends TrainingOptions {
  readonly model: TrainableModel;
  readonly stage: string;
  /** The batch of a step, counted from 0: the same for the same step, whatever came before. */
  readonly batch: (step: number) => Promise<TrainingBatch> | TrainingBatch;
  /** Optimizer steps on each batch. Default 1. The model's `stepsTaken` must be a multiple of it. */
  readonly updatesPerBatch?: number | undefined;
  /** Asked after each measurement with those of this call, by step: whether to train no further. */
  readonly stopWhen?: ((evaluations: ReadonlyMap<number, Metrics>) => boolean) | undefined;
  /** What the stage adds to the `stage-end` event. */
  readonly summary?: ((report: TrainingReport) => Readonly<Record<string, JsonValue>>) | undefined;
}

export interface TrainingReport {
  /** Steps done, those of earlier calls included. */
  readonly steps: number;
  /** Whether `stopWhen` ended it before the last step. */
  readonly stoppedEarly: boolean;
  /** Loss of each step of this call. */
  readonly losses: readonly number[];
  /** Mean loss of the last steps of this call (at most 20); NaN when no step was left to take. */
  readonly loss: number;
  /** Targets that counted in the loss, and positions computed, in this call. */
  readonly tokens: number;
  readonly positions: number;
  readonly seconds: number;
  /** Seconds of batches and updates; evaluation and checkpoints excluded. */
  readonly trainingSeconds: number;
  /** Of this call, by step, in order. */
  readonly evaluations: ReadonlyMap<number, Metrics>;
}

/**
 * Throws `core/option-invalid` naming an option that is out of range, and the schedule with its
 * step where it gives no rate. Throws `model/training-diverged` when the loss is no number any
 * more or explodes; details: the `step`, what the batch's origin gives, and
 * `lastGoodCheckpoint`: the step of the newest checkpoint from before the loss rose, null when
 * there is none. Throws the signal's reason between two steps, after the step reached was saved.
 */
export async function runTrainingLoop(loop: TrainingLoop): Promise<TrainingReport> {
  const { model, stage, steps, signal, onEvent, updatesPerBatch = 1 } = loop;
  checkTrainingOptions(loop);
  const learningRateAt = learningRateOf(loop.schedule, steps);
  const started = performance.now();
  const first = model.stepsTaken / updatesPerBatch;
  const watch = new LossWatch(loop.maximumLossRise ?? 2);
  const losses: number[] = [];
  const evaluations = new Map<number, Metrics>();
  let [done, saved, tokens, positions, trainingSeconds] = [first, first, 0, 0, 0];
  let stoppedEarly = false;
  let lastGoodCheckpoint = first > 0 ? first : undefined;

  const isDue = (every: number | undefined): boolean =>
    done === steps || (every !== undefined && done > 0 && done % every === 0);
  const save = async (): Promise<void> => {
    const key = await loop.onCheckpoint?.(done);
    saved = done;
    if (typeof key === 'string') emit(onEvent, { type: 'artifact', stage, key, kind: 'checkpoint' });
  };
  const evaluate = async (): Promise<void> => {
    if (loop.evaluate === undefined) return;
    const values = await loop.evaluate(done);
    evaluations.set(done, values);
    emit(onEvent, { type: 'metric', stage, step: done, values });
    await loop.onEvaluation?.(done, values);
  };
  const takeStep = async (): Promise<boolean> => {
    const begun = performance.now();
    const learningRate = learningRateAt(done);
    checkLearningRate(learningRate, done);
    const { batch, metrics, origin } = await loop.batch(done);
    const where = { step: done + 1, origin, lastGoodCheckpoint };
    const batches = 'rows' in batch ? [batch] : batch;
    const update = (of: TokenBatch) => {
      const parts = loop.rowsAtOnce === undefined ? of : splitBatch(of, loop.rowsAtOnce);
      return model.trainStep(parts, { learningRate }).catch((error: unknown) => {
        throw lossIsNoNumber(error)
          ? trainingDiverged({ ...where, what: error.message, cause: error })
          : error;
      });
    };
    const results: StepResult[] = [];
    while (results.length < updatesPerBatch)
      results.push(await update(batches[results.length % batches.length]!));
    const result = meanResult(results);
    const seconds = (performance.now() - begun) / 1000;
    done++;
    losses.push(result.loss);
    const size = batches.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
    const counted = batches.reduce((sum, { weights }) => sum + countTrained(weights), 0);
    tokens += metrics?.num_tokens ?? counted;
    positions += size;
    trainingSeconds += seconds;
    const trend = watch.add(result.loss);
    emit(onEvent, { type: 'progress', stage, done, total: steps, unit: 'steps' });
    emit(onEvent, {
      type: 'metric',
      stage,
      step: done,
      values: {
        loss: result.loss,
        grad_norm: result.gradientNorm,
        learning_rate: learningRate,
        num_tokens: counted,
        step_time: seconds,
        tokens_per_second: size / seconds,
        ...metrics,
        ...result.metrics,
      },
    });
    if (trend === 'exploding')
      throw trainingDiverged({ ...where, what: explosion(result.loss, watch, learningRate) });
    return trend === 'falling';
  };

  emit(onEvent, { type: 'stage-start', stage, total: steps });
  try {
    // A run that was killed between saving and measuring a step measures it now.
    if ((first === 0 && loop.evaluateFirst) || first >= steps || isDue(loop.evaluateEvery)) await evaluate();
    while (done < steps) {
      signal?.throwIfAborted();
      const isFalling = await takeStep();
      // Saved before it is measured: a failing evaluation must not cost the run.
      if (isDue(loop.saveEvery)) {
        await save();
        if (loop.onCheckpoint && isFalling) lastGoodCheckpoint = done;
      }
      if (isDue(loop.evaluateEvery)) {
        await evaluate();
        stoppedEarly = done < steps && loop.stopWhen?.(evaluations) === true;
        if (!stoppedEarly) continue;
        if (saved < done) await save();
        break;
      }
    }
  } catch (error) {
    if (signal?.aborted && saved < done) await save();
    throw error;
  }
  const report: TrainingReport = {
    steps: done,
    stoppedEarly,
    losses,
    loss: watch.mean,
    tokens,
    positions,
    seconds: (performance.now() - started) / 1000,
    trainingSeconds,
    evaluations,
  };
  emit(onEvent, { type: 'stage-end', stage, summary: { steps: done, ...loop.summary?.(report) } });
  return report;
}

const countTrained = (weights: Float32Array): number =>
  weights.reduce((count, weight) => (weight === 0 ? count : count + 1), 0);

/** Of several updates on one batch: the mean of each number. */
function meanResult(results: readonly StepResult[]): StepResult {
  if (results.length === 1) return results[0]!;
  const mean = (of: (result: StepResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length;
  const names = Object.keys(results[0]!.metrics);
  return {
    loss: mean(({ loss }) => loss),
    gradientNorm: mean(({ gradientNorm }) => gradientNorm),
    metrics: Object.fromEntries(names.map((name) => [name, mean(({ metrics }) => metrics[name] ?? 0)])),
  };
}
