/**
 * Supervised fine-tuning: the same next-token objective as pretraining, weighted so that only what the
 * assistant says is learned, its stop token included (InstructGPT, Ouyang et al. 2022). The loop is a pure
 * function of (options, step) and starts at `model.stepsTaken`: restore a snapshot, call it again, and it goes
 * on to the bit. Left out: gradient accumulation, LoRA, NEFTune.
 */
import type { Conversation, ConversationRenderer, RunOptions, TrainableModel } from '@llm/core';
import { emit, LlmError, throwIfAborted } from '@llm/core';
import { createBatchSource } from './batch-source.js';
import { heldOutLoss } from './held-out-loss.js';
import type { SkippedConversation } from './pack-conversations.js';
import { renderConversations } from './pack-conversations.js';

export interface FineTuneOptions extends RunOptions {
  readonly model: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly conversations: readonly Conversation[];
  /** Measured before, every `evaluateEvery` steps, and after. Default: none. */
  readonly heldOut?: readonly Conversation[] | undefined;
  /** Rows per step. */
  readonly rows: number;
  /** Positions per row, at most the model's window. */
  readonly columns: number;
  /** Total optimizer steps, those already taken included. */
  readonly steps: number;
  /** Learning rate of a step, counted from 0. */
  readonly schedule: (step: number) => number;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Calls `onCheckpoint` after every so many steps, and after the last. Default: only after the last. */
  readonly saveEvery?: number | undefined;
  /** `step`: optimizer steps taken. The next step waits until it resolves. */
  readonly onCheckpoint?: ((step: number) => Promise<void> | void) | undefined;
  /** Default: only before and after. */
  readonly evaluateEvery?: number | undefined;
  /** Name in events. Default `sft`. */
  readonly stage?: string | undefined;
}

export interface FineTuneReport {
  readonly stepsTaken: number;
  readonly conversations: number;
  readonly skipped: readonly SkippedConversation[];
  readonly rowsPerEpoch: number;
  /** Passes over the data that `steps` makes. */
  readonly epochs: number;
  /** Mean loss of the last tenth of the steps done in this call; NaN when none was. */
  readonly finalLoss: number;
  /** nats per assistant token; only with `heldOut`. `before` is that of this call's start. */
  readonly heldOut?: { readonly before: number; readonly after: number } | undefined;
  readonly trainedTokens: number;
}

/** Throws `sft/columns-exceed-context`, `sft/no-conversations`, `sft/mask-empty`, and what the model throws. */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneReport> {
  const { model, renderer, rows, columns, steps, schedule, signal, onEvent } = options;
  const stage = options.stage ?? 'sft';
  if (columns > model.contextLength) {
    throw new LlmError({
      code: 'sft/columns-exceed-context',
      message: `columns is ${columns}, but the model sees at most ${model.contextLength} tokens; use columns ≤ ${model.contextLength}.`,
      details: { columns, contextLength: model.contextLength },
    });
  }
  const { examples, skipped } = renderConversations({
    conversations: options.conversations,
    renderer,
    columns,
  });
  const source = createBatchSource({ examples, rows, columns, seed: options.seed ?? 0 });
  emit(onEvent, { type: 'stage-start', stage, total: steps });
  if (skipped.length > 0) {
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'sft/conversations-skipped',
      message: `${skipped.length} of ${options.conversations.length} conversations left out, first: ${skipped[0]!.reason} (${skipped[0]!.message}).`,
    });
  }
  const evaluate = async (): Promise<number> => {
    const conversations = options.heldOut ?? [];
    const { loss } = await heldOutLoss({
      model,
      renderer,
      conversations,
      columns,
      ...(signal ? { signal } : {}),
    });
    emit(onEvent, { type: 'metric', stage, step: model.stepsTaken, values: { heldOutLoss: loss } });
    return loss;
  };
  const measured = (options.heldOut?.length ?? 0) > 0;
  const before = measured ? await evaluate() : Number.NaN;
  const losses: number[] = [];
  let trainedTokens = 0;
  while (model.stepsTaken < steps) {
    throwIfAborted(signal);
    const step = model.stepsTaken;
    const batch = source.batch(step);
    const learningRate = schedule(step);
    const started = performance.now();
    const result = await model.trainStep(batch, { learningRate });
    const seconds = (performance.now() - started) / 1000;
    losses.push(result.loss);
    trainedTokens += batch.normalizer;
    emit(onEvent, { type: 'progress', stage, done: step + 1, total: steps, unit: 'steps' });
    emit(onEvent, {
      type: 'metric',
      stage,
      step,
      values: {
        loss: result.loss,
        gradientNorm: result.gradientNorm,
        learningRate,
        tokensPerSecond: (rows * columns) / seconds,
        trainedTokens: batch.normalizer,
        epoch: ((step + 1) * rows) / source.rowsPerEpoch,
        ...result.metrics,
      },
    });
    const done = step + 1;
    if (done < steps && options.saveEvery !== undefined && done % options.saveEvery === 0) {
      await options.onCheckpoint?.(done);
    }
    if (
      measured &&
      done < steps &&
      options.evaluateEvery !== undefined &&
      done % options.evaluateEvery === 0
    ) {
      await evaluate();
    }
  }
  if (losses.length > 0) await options.onCheckpoint?.(model.stepsTaken);
  const last = losses.slice(-Math.max(1, Math.floor(losses.length / 10)));
  const after = measured ? await evaluate() : Number.NaN;
  const report: FineTuneReport = {
    stepsTaken: model.stepsTaken,
    conversations: examples.length,
    skipped,
    rowsPerEpoch: source.rowsPerEpoch,
    epochs: (steps * rows) / source.rowsPerEpoch,
    finalLoss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
    ...(measured ? { heldOut: { before, after } } : {}),
    trainedTokens,
  };
  emit(onEvent, {
    type: 'stage-end',
    stage,
    summary: {
      steps: report.stepsTaken,
      conversations: report.conversations,
      skipped: skipped.length,
      ...(measured ? { heldOutLossBefore: before, heldOutLossAfter: after } : {}),
    },
  });
  return report;
}
