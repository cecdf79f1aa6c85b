/**
 * Response distillation (Kim and Rush 2016; Alpaca, DeepSeek-R1's small models): a stronger model answers
 * prompts, and its answers become conversations to imitate with `fineTune`.
 */
import type { Conversation, RunOptions } from '@llm/core';
import { checkNumbers, describeSkipped, emit, LlmError, throwIfAborted } from '@llm/core';
import { conversationName } from '../conversations/conversation-name.js';
import type { ChatEndpoint } from './chat-endpoint.js';

export interface DistillResponsesOptions extends RunOptions {
  /** See `createChatEndpoint`. */
  readonly endpoint: ChatEndpoint;
  /** End with a user message each. */
  readonly prompts: readonly Conversation[];
  /** Answers asked for at the same time. Default 8. */
  readonly concurrency?: number | undefined;
  /** Keep answers that were cut off. Default false: their end would be learned as one. */
  readonly keepTruncated?: boolean | undefined;
  /** Name in events. Default `distil`. */
  readonly stage?: string | undefined;
}

export interface DistillResponsesReport {
  /** In the order of the prompts. */
  readonly conversations: readonly Conversation[];
  readonly skipped: readonly SkippedResponse[];
}

export interface SkippedResponse {
  /** Position of the prompt. */
  readonly index: number;
  readonly id?: string | undefined;
  readonly origin?: string | undefined;
  readonly reason: 'failed' | 'empty' | 'truncated';
  readonly message: string;
}

/**
 * Prompts without a usable answer are left out, reported, and named in a `warning` event. Throws
 * `core/option-invalid`, and `sft/no-conversations` when none is left.
 */
export async function distillResponses(options: DistillResponsesOptions): Promise<DistillResponsesReport> {
  const { endpoint, prompts, concurrency = 8, keepTruncated = false, stage = 'distil', signal } = options;
  checkNumbers(options, { concurrency: { minimum: 1, integer: true } });
  const answers: (Conversation | undefined)[] = prompts.map(() => undefined);
  const skipped: SkippedResponse[] = [];
  let [next, done] = [0, 0];
  const work = async (): Promise<void> => {
    while (next < prompts.length) {
      throwIfAborted(signal);
      const index = next++;
      const prompt = prompts[index]!;
      const skip = (reason: SkippedResponse['reason'], message: string): void => {
        skipped.push({ index, id: prompt.id, origin: prompt.origin, reason, message });
      };
      try {
        const { text, finishReason } = await endpoint(prompt);
        if (text.trim() === '') skip('empty', 'the answer is empty');
        else if (finishReason === 'length' && !keepTruncated) skip('truncated', 'the answer was cut off');
        else
          answers[index] = {
            ...prompt,
            messages: [...prompt.messages, { role: 'assistant', parts: [{ type: 'text', text }] }],
          };
      } catch (error) {
        throwIfAborted(signal);
        if (!LlmError.isInstance(error)) throw error;
        skip('failed', error.message);
      }
      emit(options.onEvent, {
        type: 'progress',
        stage,
        done: ++done,
        total: prompts.length,
        unit: 'answers',
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, prompts.length) }, work));
  skipped.sort((a, b) => a.index - b.index);
  const conversations = answers.filter((answer) => answer !== undefined);
  const reasons = describeSkipped(skipped, (item) => conversationName(item, item.index, 'prompt'));
  if (conversations.length === 0)
    throw new LlmError({
      code: 'sft/no-conversations',
      message: `None of ${prompts.length} prompts was answered: ${reasons}.`,
    });
  if (skipped.length > 0)
    emit(options.onEvent, {
      type: 'warning',
      stage,
      code: 'sft/prompts-skipped',
      message: `${skipped.length} of ${prompts.length} prompts left out: ${reasons}.`,
    });
  return { conversations, skipped };
}
