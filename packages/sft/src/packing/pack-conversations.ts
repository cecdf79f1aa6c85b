/**
 * Conversations → rows of next-token training. A conversation of n ids becomes n − 1 positions (input i,
 * target i + 1), so no target ever reaches into a neighbour; each gets its own segment number, so attention
 * does not either. Weight 1 exactly where the *target* is the assistant's own token. Conversations are never
 * cut: one that does not fit is left out and counted (TRL truncates, nanochat keeps but lets neighbours see
 * each other).
 */
import type { Conversation, ConversationRenderer, RenderedConversation, TokenBatch } from '@llm/core';
import { LlmError } from '@llm/core';
import { bestFitDecreasing } from './best-fit-decreasing.js';

export interface SkippedConversation {
  /** Position in the given list. */
  readonly index: number;
  readonly id?: string | undefined;
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

export interface RenderedConversations {
  readonly examples: readonly RenderedConversation[];
  readonly skipped: readonly SkippedConversation[];
}

export interface PackedConversations extends RenderedConversations {
  /** Indices into `examples`, per row; every row starts at the start of a conversation. */
  readonly rows: readonly (readonly number[])[];
  /** Used positions ÷ all positions, 0…1. */
  readonly utilization: number;
}

export interface RenderOptions {
  readonly conversations: readonly Conversation[];
  readonly renderer: ConversationRenderer;
  /** Positions per row; a conversation of up to columns + 1 ids fits. */
  readonly columns: number;
}

/**
 * Renders what fits. Throws `sft/mask-empty` for a conversation in which nothing would be trained: that is a
 * broken renderer or a conversation without an assistant, and training on would hide it.
 */
export function renderConversations(options: RenderOptions): RenderedConversations {
  const { conversations, renderer, columns } = options;
  const examples: RenderedConversation[] = [];
  const skipped: SkippedConversation[] = [];
  for (const [index, conversation] of conversations.entries()) {
    const skip = (reason: SkippedConversation['reason'], message: string): void => {
      skipped.push({
        index,
        id: conversation.id,
        reason,
        message,
      });
    };
    let rendered: RenderedConversation;
    try {
      rendered = renderer.render(conversation);
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      skip('invalid', error.message);
      continue;
    }
    if (rendered.mask.subarray(1).indexOf(1) < 0) {
      throw new LlmError({
        code: 'sft/mask-empty',
        message: `Conversation ${conversation.id ?? index} has no assistant token to train on; give it an assistant message, or check the renderer's mask.`,
        details: { index, length: rendered.ids.length },
      });
    }
    const positions = rendered.ids.length - 1;
    if (positions > columns) skip('too-long', `${positions} positions, rows hold ${columns}`);
    else examples.push(rendered);
  }
  return { examples, skipped };
}

/** Renders and packs in one go, in the given order; for the shuffled batches of training see `createBatchSource`. */
export function packConversations(options: RenderOptions): PackedConversations {
  const rendered = renderConversations(options);
  const lengths = rendered.examples.map((example) => example.ids.length - 1);
  const rows = bestFitDecreasing(lengths, options.columns);
  const used = lengths.reduce((sum, length) => sum + length, 0);
  return { ...rendered, rows, utilization: rows.length === 0 ? 0 : used / (rows.length * options.columns) };
}

/**
 * Lays rows of conversations out as a batch [rows.length × columns]; normalizer = trained tokens in it.
 * The rest of a row is padding: id 0, weight 0, a segment of its own.
 */
export function layOutRows(rows: readonly (readonly RenderedConversation[])[], columns: number): TokenBatch {
  const size = rows.length * columns;
  const inputs = new Int32Array(size);
  const targets = new Int32Array(size);
  const weights = new Float32Array(size);
  const segments = new Int32Array(size);
  let trained = 0;
  for (const [row, examples] of rows.entries()) {
    let at = row * columns;
    for (const [segment, { ids, mask }] of examples.entries()) {
      const positions = ids.length - 1;
      inputs.set(ids.subarray(0, positions), at);
      targets.set(ids.subarray(1), at);
      segments.fill(segment, at, at + positions);
      for (let i = 0; i < positions; i++) {
        const weight = mask[i + 1]!;
        weights[at + i] = weight;
        trained += weight;
      }
      at += positions;
    }
    segments.fill(examples.length, at, (row + 1) * columns);
  }
  return { rows: rows.length, columns, inputs, targets, weights, normalizer: trained, segments };
}
