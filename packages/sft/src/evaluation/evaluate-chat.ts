/**
 * What fine-tuning buys, measured by generating: does the model answer in the format, does it stop, how long
 * is it, and is it right where the right answer is known. The base model scores near zero on the first two.
 */
import type {
  Conversation,
  ConversationRenderer,
  GenerateOptions,
  LanguageModel,
  RunOptions,
} from '@llm/core';
import {
  checkNumbers,
  createRandom,
  describeSkipped,
  emit,
  fitPrompt,
  LlmError,
  messageText,
  throwIfAborted,
} from '@llm/core';
import { conversationName } from '../conversations/conversation-name.js';

export interface ChatPrompt {
  /** Ends with a user message. */
  readonly conversation: Conversation;
  /** The assistant's exact text (trimmed), where it is known. */
  readonly expected?: string | undefined;
}

export interface EvaluateChatOptions extends RunOptions {
  readonly model: LanguageModel;
  readonly renderer: ConversationRenderer;
  readonly prompts: readonly ChatPrompt[];
  /** Default 64. */
  readonly maxNewTokens?: number | undefined;
  /** Default 0 (greedy). */
  readonly temperature?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Prompts generated at once. Default 64. */
  readonly rows?: number | undefined;
  /** Answers kept in the report. Default 8. */
  readonly samples?: number | undefined;
  /** Passed to `generate`, e.g. a tool caller; `row` counts within the current group of `rows`. */
  readonly forceTokens?: GenerateOptions['forceTokens'] | undefined;
  /** Name in events. Default `sft`. */
  readonly stage?: string | undefined;
}

export interface ChatSample {
  readonly prompt: string;
  readonly text: string;
  readonly wellFormed: boolean;
  readonly expected?: string | undefined;
}

export interface SkippedPrompt {
  /** Position in the given list. */
  readonly index: number;
  readonly id?: string | undefined;
  /** File and line where the conversation was read. */
  readonly origin?: string | undefined;
  /**
   * `too-long`: it leaves no room for an answer; `invalid`:
   * it cannot be rendered, or the model lacks one of its ids.
   */
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

export interface ChatReport {
  /** Prompts answered. */
  readonly n: number;
  /** Prompts that the model cannot answer; not in `n`. */
  readonly skipped: readonly SkippedPrompt[];
  /** Share of answers that parse as one complete assistant message, 0…1. */
  readonly formatValid: number;
  /** Share that ended with the stop token, 0…1. */
  readonly stopRate: number;
  /** Tokens per answer, stop token included. */
  readonly meanLength: number;
  /** Share of prompts with an expected answer that got exactly it; absent when none has one. */
  readonly exactMatch?: number | undefined;
  readonly samples: readonly ChatSample[];
}

interface FittingPrompt {
  readonly prompt: ChatPrompt;
  readonly ids: Int32Array;
}

/**
 * A prompt that the model cannot answer is left out, reported, and named in a `warning` event. Throws
 * `sft/no-prompts` when none is left, `core/option-invalid`, and what the model throws.
 */
export async function evaluateChat(options: EvaluateChatOptions): Promise<ChatReport> {
  const { model, renderer, signal, onEvent, stage = 'sft' } = options;
  const { prompts, skipped } = fitPrompts(options);
  checkNumbers(options, {
    maxNewTokens: { minimum: 1, integer: true },
    temperature: { minimum: 0 },
    seed: {},
    rows: { minimum: 1, integer: true },
    samples: { minimum: 0, integer: true },
  });
  if (skipped.length > 0) {
    const message = `${skipped.length} of ${options.prompts.length} prompts left out: ${describePrompts(skipped)}.`;
    emit(onEvent, { type: 'warning', stage, code: 'sft/prompts-skipped', message });
  }
  const rows = options.rows ?? 64;
  const samples: ChatSample[] = [];
  let wellFormed = 0;
  let stopped = 0;
  let tokens = 0;
  let expected = 0;
  let exact = 0;
  for (let start = 0; start < prompts.length; start += rows) {
    throwIfAborted(signal);
    const group = prompts.slice(start, start + rows);
    const completions = await model.generate(
      group.map(({ ids }) => ids),
      {
        maxNewTokens: options.maxNewTokens ?? 64,
        temperature: options.temperature ?? 0,
        seed: createRandom(options.seed ?? 0, 'evaluate-chat', start).uint32(),
        stopTokens: [renderer.stopToken],
        vocabularySize: renderer.vocabularySize,
        forceTokens: options.forceTokens,
        signal,
      },
    );
    for (const [row, { ids, stopReason }] of completions.entries()) {
      const { prompt } = group[row]!;
      const parsed = renderer.parse(ids);
      const text = messageText(parsed.parts);
      tokens += ids.length;
      if (parsed.wellFormed) wellFormed++;
      if (stopReason === 'stop') stopped++;
      if (prompt.expected !== undefined) {
        expected++;
        if (text.trim() === prompt.expected.trim()) exact++;
      }
      if (samples.length < (options.samples ?? 8)) {
        samples.push({
          prompt: messageText(prompt.conversation.messages.at(-1)!.parts),
          text,
          wellFormed: parsed.wellFormed,
          expected: prompt.expected,
        });
      }
    }
    emit(onEvent, {
      type: 'progress',
      stage,
      done: Math.min(start + rows, prompts.length),
      total: prompts.length,
      unit: 'prompts',
    });
  }
  const n = prompts.length;
  return {
    n,
    skipped,
    formatValid: wellFormed / n,
    stopRate: stopped / n,
    meanLength: tokens / n,
    exactMatch: expected === 0 ? undefined : exact / expected,
    samples,
  };
}

function fitPrompts({ model, renderer, prompts }: EvaluateChatOptions): {
  readonly prompts: readonly FittingPrompt[];
  readonly skipped: readonly SkippedPrompt[];
} {
  const fitting: FittingPrompt[] = [];
  const skipped: SkippedPrompt[] = [];
  for (const [index, prompt] of prompts.entries()) {
    const { id, origin } = prompt.conversation;
    const ids = fitPrompt(renderer, prompt.conversation, model);
    if ('reason' in ids) skipped.push({ index, id, origin, ...ids });
    else fitting.push({ prompt, ids });
  }
  if (fitting.length > 0) return { prompts: fitting, skipped };
  throw new LlmError({
    code: 'sft/no-prompts',
    message:
      skipped.length === 0
        ? 'evaluateChat got no prompts; give at least one.'
        : `None of ${skipped.length} prompts can be answered: ${describePrompts(skipped)}.`,
  });
}

const describePrompts = (skipped: readonly SkippedPrompt[]): string =>
  describeSkipped(skipped, (item) => conversationName(item, item.index, 'prompt'));
