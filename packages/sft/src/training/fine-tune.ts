/**
 * Supervised fine-tuning: the same next-token objective as pretraining, weighted so that only what the
 * assistant says is learned, its stop token included (InstructGPT, Ouyang et al. 2022), by the one training
 * loop of `@llm/core/training`. LoRA is the model's (`@llm/model`), as is the objective:
 * `dynamicFineTuning()`.
 */
import type { Conversation, ConversationRenderer, TokenBatch, TrainableModel } from '@llm/core';
import { checkNumber, checkNumbers, countByReason, createRandom, emit, LlmError } from '@llm/core';
import { type Metrics, runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import { checkColumns } from '../check-columns.js';
import { heldOutLoss } from '../evaluation/held-out-loss.js';
import { createBatchSource } from '../packing/batch-source.js';
import type { Overflow } from '../packing/overflow.js';
import {
  describeSkippedConversations,
  renderConversations,
  type SkippedConversation,
} from '../packing/pack-conversations.js';
import type { TrainedTargets } from '../packing/trained-mask.js';
import { type EarlyStoppingOptions, stopsEarly } from './early-stopping.js';

export interface FineTuneOptions extends TrainingOptions {
  readonly model: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly conversations: readonly Conversation[];
  /**
   * Measured as `eval_loss` before, every `evaluateEvery`
   * steps, and after, where no `evaluate` says otherwise.
   */
  readonly heldOut?: readonly Conversation[] | undefined;
  /** Rows per step. */
  readonly rows: number;
  /** Positions per row, at most the model's window. */
  readonly columns: number;
  /** Which targets are learned. Default `assistant`. */
  readonly trainOn?: TrainedTargets | undefined;
  /** What becomes of a conversation that is longer than a row. Default `skip`. */
  readonly overflow?: Overflow | undefined;
  /** NEFTune (Jain et al. 2023): noise on the embeddings while training; 5 is a beginning. Default: none. */
  readonly noiseAlpha?: number | undefined;
  /** Ends when the held-out loss no longer falls. Default: never. */
  readonly earlyStopping?: EarlyStoppingOptions | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

export interface FineTuneReport {
  readonly stepsTaken: number;
  /** Whether `earlyStopping` ended it before the last step. */
  readonly stoppedEarly: boolean;
  readonly conversations: number;
  /** Left out of training. */
  readonly skipped: readonly SkippedConversation[];
  readonly skippedByReason: Readonly<Record<string, number>>;
  /** Left out of the measurement. */
  readonly skippedHeldOut: readonly SkippedConversation[];
  readonly rowsPerEpoch: number;
  /** Passes over the data that `steps` makes. */
  readonly epochs: number;
  /** Mean loss of the last tenth of the steps done in this call; NaN when none was. */
  readonly finalLoss: number;
  /** nats per assistant token; only with `heldOut`: of the first and the last measurement of this call. */
  readonly heldOut?: { readonly before: number; readonly after: number } | undefined;
  readonly trainedTokens: number;
}

/**
 * Conversations that do not fit or cannot be rendered are left out, reported, and named in a `warning` event
 * before the first step. Throws `core/option-invalid`, `sft/columns-exceed-context`, `sft/no-conversations`,
 * `sft/mask-empty`, `model/training-diverged` (see `maximumLossRise`, default 2), and what the model throws.
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneReport> {
  const { model, renderer, rows, columns, steps, signal, onEvent } = options;
  const stage = options.stage ?? 'sft';
  checkColumns(columns, model);
  checkNumber('rows', rows, { minimum: 1, integer: true });
  checkNumbers(options, { seed: {}, noiseAlpha: { above: 0 } });
  const { vocabularySize } = model;
  const render = (conversations: readonly Conversation[]) =>
    renderConversations({
      conversations,
      renderer,
      columns,
      vocabularySize,
      trainOn: options.trainOn,
      overflow: options.overflow,
    });
  const { examples, skipped } = render(options.conversations);
  if (examples.length === 0 && skipped.length > 0)
    throw new LlmError({
      code: 'sft/no-conversations',
      message: `None of ${skipped.length} conversations can be trained on: ${describeSkippedConversations(skipped)}.`,
      details: { columns, skipped: countByReason(skipped) },
    });
  const source = createBatchSource({ examples, rows, columns, seed: options.seed ?? 0 });
  const { heldOut: measured = [] } = options;
  const { examples: usable, skipped: skippedHeldOut } = render(measured);
  const warn = (left: readonly SkippedConversation[], total: number, what: string): void => {
    if (left.length === 0) return;
    const message = `${left.length} of ${total} ${what} left out: ${describeSkippedConversations(left)}.`;
    emit(onEvent, { type: 'warning', stage, code: 'sft/conversations-skipped', message });
  };
  warn(skipped, options.conversations.length, 'conversations');
  warn(skippedHeldOut, measured.length, 'held-out conversations');
  const heldOut = usable.length > 0 ? measured : undefined;
  const measure =
    heldOut &&
    (async () => {
      const { loss } = await heldOutLoss({
        model,
        renderer,
        conversations: heldOut,
        columns,
        trainOn: options.trainOn,
        overflow: options.overflow,
        signal,
      });
      return { eval_loss: loss };
    });
  const heldOutLosses = (evaluations: ReadonlyMap<number, Metrics>): FineTuneReport['heldOut'] => {
    const values = [...evaluations.values()].flatMap(({ eval_loss }) => eval_loss ?? []);
    return values.length === 0 ? undefined : { before: values[0]!, after: values.at(-1)! };
  };
  const { noiseAlpha: alpha } = options;
  const noisy = (batch: TokenBatch, step: number): TokenBatch => {
    if (alpha === undefined) return batch;
    const seed = createRandom(options.seed ?? 0, 'embedding-noise', step).uint32();
    return { ...batch, embeddingNoise: { alpha, seed } };
  };
  if (options.earlyStopping !== undefined && options.evaluate === undefined && heldOut === undefined)
    throw new LlmError({
      code: 'core/option-invalid',
      message: 'earlyStopping has nothing to watch: give heldOut conversations, or evaluate.',
      details: { option: 'earlyStopping' },
    });
  const { losses, tokens, evaluations, ...done } = await runTrainingLoop({
    ...options,
    stage,
    evaluateFirst: options.evaluateFirst ?? heldOut !== undefined,
    evaluate: options.evaluate ?? measure,
    stopWhen: options.earlyStopping && stopsEarly(options.earlyStopping),
    batch: (step) => ({
      batch: noisy(source.batch(step), step),
      metrics: { epoch: ((step + 1) * rows) / source.rowsPerEpoch },
    }),
    summary: (report) => {
      const held = heldOutLosses(report.evaluations);
      return {
        conversations: examples.length,
        skipped: skipped.length,
        skippedByReason: countByReason(skipped),
        ...(held && { heldOutLossBefore: held.before, heldOutLossAfter: held.after }),
      };
    },
  });
  const last = losses.slice(-Math.max(1, Math.floor(losses.length / 10)));
  return {
    stepsTaken: done.steps,
    stoppedEarly: done.stoppedEarly,
    conversations: examples.length,
    skipped,
    skippedByReason: countByReason(skipped),
    skippedHeldOut,
    rowsPerEpoch: source.rowsPerEpoch,
    epochs: (steps * rows) / source.rowsPerEpoch,
    finalLoss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
    heldOut: heldOutLosses(evaluations),
    trainedTokens: tokens,
  };
}
