/** What answers, wherever it computes: a model in this worker, or one of the server. */
import type { AnswerPart, ChatMessage } from '@llm/assistant';
import type { Sampling } from './model-calls.js';

export interface AnsweringOptions extends Sampling {
  /** Ids that the answer begins with. */
  readonly begin: readonly number[];
  readonly signal: AbortSignal;
}

export interface Answering {
  chat(
    messages: readonly ChatMessage[],
    options: AnsweringOptions,
  ): AsyncGenerator<AnswerPart, void, undefined>;
  complete(text: string, options: AnsweringOptions): AsyncGenerator<AnswerPart, void, undefined>;
}
