/**
 * Mean negative log-likelihood of the assistant's tokens in conversations the model was not trained on.
 * One conversation per row (scoring has no segments), sorted by length so that little is padding.
 */
import type { Conversation, ConversationRenderer, LanguageModel } from '@llm/core';
import { checkNumbers, throwIfAborted } from '@llm/core';
import { checkColumns } from '../check-columns.js';
import type { Overflow } from '../packing/overflow.js';
import { layOutRows, renderConversations, type SkippedConversation } from '../packing/pack-conversations.js';
import type { TrainedTargets } from '../packing/trained-mask.js';

export interface HeldOutLossOptions {
  readonly model: LanguageModel;
  readonly renderer: ConversationRenderer;
  readonly conversations: readonly Conversation[];
  /** Conversations scored at once. Default 32. */
  readonly rows?: number | undefined;
  /** Longest conversation in positions; longer ones are left out and counted. Default: the model's window. */
  readonly columns?: number | undefined;
  /** Which targets count. Default `assistant`. */
  readonly trainOn?: TrainedTargets | undefined;
  /** What becomes of a longer one. Default `skip`. */
  readonly overflow?: Overflow | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HeldOutLoss {
  /** nats per trained token; NaN when there is none */
  readonly loss: number;
  /** share of trained tokens whose probability exceeds ½: a lower bound of greedy accuracy */
  readonly confident: number;
  readonly trainedTokens: number;
  readonly conversations: number;
  readonly skipped: number;
  readonly skippedConversations: readonly SkippedConversation[];
}

/** Row widths are multiples of this, so that few shapes are compiled. */
const columnStep = 32;

/**
 * Throws `core/option-invalid`, `sft/columns-exceed-context`, `sft/mask-empty`, and what the model throws.
 */
export async function heldOutLoss(options: HeldOutLossOptions): Promise<HeldOutLoss> {
  const { model, renderer, conversations, signal } = options;
  const rows = options.rows ?? 32;
  const columns = options.columns ?? model.contextLength;
  checkNumbers(options, { rows: { minimum: 1, integer: true } });
  checkColumns(columns, model);
  const { vocabularySize } = model;
  const { examples, skipped } = renderConversations({
    conversations,
    renderer,
    columns,
    vocabularySize,
    trainOn: options.trainOn,
    overflow: options.overflow,
  });
  const sorted = [...examples].sort((a, b) => a.ids.length - b.ids.length);
  let sum = 0;
  let confident = 0;
  let trainedTokens = 0;
  for (let start = 0; start < sorted.length; start += rows) {
    throwIfAborted(signal);
    const group = sorted.slice(start, start + rows);
    const longest = group.at(-1)!.ids.length - 1;
    const width = Math.min(columns, Math.ceil(longest / columnStep) * columnStep);
    // The last group repeats its last conversation unweighted: every call has the same number of rows.
    const filled = [...group, ...Array.from({ length: rows - group.length }, () => group.at(-1)!)];
    const batch = layOutRows(
      filled.map((example) => [example]),
      width,
    );
    const scores = await model.logProbabilities(batch);
    for (let i = 0; i < group.length * width; i++) {
      if (batch.weights[i] === 0) continue;
      sum -= scores[i]!;
      trainedTokens++;
      if (scores[i]! > -Math.LN2) confident++;
    }
  }
  return {
    loss: sum / trainedTokens,
    confident: confident / trainedTokens,
    trainedTokens,
    conversations: examples.length,
    skipped: skipped.length,
    skippedConversations: skipped,
  };
}
