/**
 * Conversations → rows of next-token training. A conversation of n ids becomes n − 1 positions (input i,
 * target i + 1), so no target ever reaches into a neighbour; each gets its own segment number, so attention
 * does not either. Weight 1 exactly where the *target* is the assistant's own token, unless `trainOn` says
 * otherwise. A conversation that does not fit is left out and counted; `overflow` cuts it instead, as TRL
 * does.
 */
import type { Conversation, ConversationRenderer, RenderedConversation, TokenBatch } from '@llm/core';
import { checkChoice, checkNumber, checkNumbers, describeSkipped, LlmError } from '@llm/core';
import { conversationName } from '../conversations/conversation-name.js';
import { bestFitDecreasing } from './best-fit-decreasing.js';
import { fitted, type Overflow } from './overflow.js';
import { type TrainedTargets, trainedMask } from './trained-mask.js';

export interface SkippedConversation {
  /** Position in the given list. */
  readonly index: number;
  readonly id?: string | undefined;
  /** File and line where it was read. */
  readonly origin?: string | undefined;
  /**
   * `invalid`: the renderer refuses it, or the model lacks one
   * of its ids; `untrained`: nothing of it would be trained on.
   */
  readonly reason: 'too-long' | 'invalid' | 'untrained';
  readonly message: string;
}

/** `3 too-long (q7 (chats.jsonl:4): 61 positions, rows hold 24; also chats.jsonl:9), …` */
export function describeSkippedConversations(skipped: readonly SkippedConversation[]): string {
  return describeSkipped(skipped, (item) => conversationName(item, item.index));
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
  /** Which targets are learned. Default `assistant`. */
  readonly trainOn?: TrainedTargets | undefined;
  /** What becomes of a conversation that is longer than a row. Default `skip`. */
  readonly overflow?: Overflow | undefined;
  /** Of the model: a conversation with an id from here on is left out. Default: all ids are taken. */
  readonly vocabularySize?: number | undefined;
}

/**
 * Renders what fits; what does not is left out and named. Throws `sft/mask-empty` when no conversation has an
 * assistant's token in its mask: that is how a broken chat template looks, and training on would hide it.
 * Throws `core/option-invalid`.
 */
export function renderConversations(options: RenderOptions): RenderedConversations {
  const { conversations, renderer, columns, vocabularySize = Number.POSITIVE_INFINITY } = options;
  const { trainOn = 'assistant', overflow = 'skip' } = options;
  checkChoice('trainOn', trainOn, ['assistant', 'completion', 'all']);
  checkChoice('overflow', overflow, ['skip', 'truncate', 'split']);
  checkNumber('columns', columns, { minimum: 1, integer: true });
  checkNumbers(options, { vocabularySize: { minimum: 1, integer: true } });
  const examples: RenderedConversation[] = [];
  const skipped: SkippedConversation[] = [];
  const isMasked = ({ mask }: RenderedConversation): boolean => mask.subarray(1).indexOf(1) < 0;
  let [masked, spoken] = [-1, 0];
  for (const [index, conversation] of conversations.entries()) {
    const skip = (reason: SkippedConversation['reason'], message: string): void => {
      skipped.push({ index, id: conversation.id, origin: conversation.origin, reason, message });
    };
    let rendered: RenderedConversation;
    let trained: RenderedConversation;
    try {
      rendered = renderer.render(conversation);
      trained = trainedMask(renderer, conversation, rendered, trainOn);
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      skip('invalid', error.message);
      continue;
    }
    if (isMasked(rendered)) masked = masked < 0 ? index : masked;
    else spoken++;
    const positions = rendered.ids.length - 1;
    const unknown = rendered.ids.find((id) => id >= vocabularySize);
    if (isMasked(rendered)) skip('untrained', 'it has no assistant token to train on');
    else if (isMasked(trained)) skip('untrained', "every message of the assistant's is left out of training");
    else if (positions > columns && overflow === 'skip')
      skip('too-long', `${positions} positions, rows hold ${columns}`);
    else if (unknown !== undefined)
      skip('invalid', `it holds the id ${unknown}, the model has ${vocabularySize} ids`);
    else {
      const parts = fitted(trained, columns, overflow).filter((part) => !isMasked(part));
      if (parts.length === 0)
        skip('untrained', `nothing of its first ${columns} positions would be trained on`);
      examples.push(...parts);
    }
  }
  if (masked >= 0 && spoken === 0) throw maskEmpty(conversations, masked);
  return { examples, skipped };
}

function maskEmpty(conversations: readonly Conversation[], first: number): LlmError {
  const rest = conversations.length === 1 ? '' : `, and so it is with all ${conversations.length}`;
  return new LlmError({
    code: 'sft/mask-empty',
    message: `${conversationName(conversations[first]!, first)} has no assistant token to train on${rest}; give an assistant message, or check the renderer's mask.`,
    details: { index: first },
  });
}

/**
 * Renders and packs in one go, in the given order; for the
 * shuffled batches of training see `createBatchSource`.
 */
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
