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
import { createRandom, emit, LlmError, messageText, throwIfAborted } from '@llm/core';

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

export interface ChatReport {
  readonly n: number;
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

/** Throws `sft/no-prompts` on an empty list. */
export async function evaluateChat(options: EvaluateChatOptions): Promise<ChatReport> {
  const { model, renderer, prompts, signal, onEvent } = options;
  if (prompts.length === 0) {
    throw new LlmError({
      code: 'sft/no-prompts',
      message: 'evaluateChat got no prompts; give at least one.',
    });
  }
  const rows = options.rows ?? 64;
  const stage = options.stage ?? 'sft';
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
      group.map(({ conversation }) => renderer.renderPrompt(conversation)),
      {
        maxNewTokens: options.maxNewTokens ?? 64,
        temperature: options.temperature ?? 0,
        seed: createRandom(options.seed ?? 0, 'evaluate-chat', start).uint32(),
        stopTokens: [renderer.stopToken],
        ...(options.forceTokens ? { forceTokens: options.forceTokens } : {}),
        signal,
      },
    );
    for (const [row, { ids, stopReason }] of completions.entries()) {
      const prompt = group[row]!;
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
    formatValid: wellFormed / n,
    stopRate: stopped / n,
    meanLength: tokens / n,
    exactMatch: expected === 0 ? undefined : exact / expected,
    samples,
  };
}
