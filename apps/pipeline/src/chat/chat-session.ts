/**
 * One conversation with a model: remembers the turns, drops the oldest when the window gets full, and streams
 * each answer. A stopped or cut answer is kept as far as it came, without what could not be rendered again.
 */
import {
  type ConversationRenderer,
  checkGenerateOptions,
  type LanguageModel,
  LlmError,
  type Message,
  renderableParts,
  type Tokenizer,
  type Tool,
  textMessage,
} from '@llm/core';
import { createToolCaller } from '@llm/rl';
import { AnswerStream } from './answer-stream.js';

export interface ChatSessionOptions {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly renderer: ConversationRenderer;
  readonly tools: readonly Tool[];
  /** Default 0.7. */
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  /** Default: what the window leaves. */
  readonly maxNewTokens?: number | undefined;
  readonly seed: number;
  readonly system?: string | undefined;
}

export class ChatSession {
  temperature: number;
  #messages: Message[] = [];
  #asked = 0;

  /** Throws `core/option-invalid`. */
  constructor(readonly options: ChatSessionOptions) {
    checkGenerateOptions({ ...options, maxNewTokens: options.maxNewTokens ?? 1 });
    this.temperature = options.temperature ?? 0.7;
  }

  /** Exchanges remembered. */
  get turns(): number {
    return this.#messages.length / 2;
  }

  reset(): void {
    this.#messages = [];
  }

  /**
   * Streams the answer to `print`. Throws `pipeline/prompt-too-long`
   * when the question alone fills the window.
   */
  async ask(question: string, print: (text: string) => void, signal?: AbortSignal): Promise<void> {
    const { model, tokenizer, renderer, tools, seed, topK, topP } = this.options;
    const prompt = this.#prompt(question);
    const stream = new AnswerStream(tokenizer);
    const generated: number[] = [];
    try {
      await model.generate([prompt], {
        maxNewTokens: Math.min(
          this.options.maxNewTokens ?? model.contextLength,
          model.contextLength - prompt.length,
        ),
        temperature: this.temperature,
        topK,
        topP,
        vocabularySize: tokenizer.vocabularySize,
        seed: seed + this.#asked++,
        stopTokens: [renderer.stopToken],
        forceTokens: createToolCaller(renderer, tools, 1).forceTokens,
        onToken: (_row, id) => {
          generated.push(id);
          const text = stream.push(id);
          if (text !== '') print(text);
        },
        signal,
      });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
    const rest = stream.end();
    if (rest !== '') print(rest);
    const parts = renderableParts(renderer.parse(generated));
    if (parts.length > 0) this.#messages.push(textMessage('user', question), { role: 'assistant', parts });
  }

  /** Ids of the conversation with the new question, without as many old turns as do not fit. */
  #prompt(question: string): Int32Array {
    const { model, renderer, system } = this.options;
    const opening = system === undefined ? [] : [textMessage('system', system)];
    // An answer needs some room: a quarter of the window, or what the caller asked for if that is less.
    const room = Math.min(
      Math.ceil(model.contextLength / 4),
      this.options.maxNewTokens ?? Number.POSITIVE_INFINITY,
    );
    for (let past = this.#messages; ; past = past.slice(2)) {
      const messages = [...opening, ...past, textMessage('user', question)];
      const ids = renderer.renderPrompt({ messages });
      const fits =
        ids.length + room <= model.contextLength || (past.length === 0 && ids.length < model.contextLength);
      if (fits) {
        this.#messages = past;
        return ids;
      }
      // The turns before it are not forgotten for a message that cannot be asked.
      if (past.length === 0)
        throw new LlmError({
          code: 'pipeline/prompt-too-long',
          message: `The message has ${ids.length} tokens; the model sees ${model.contextLength} at a time. Write a shorter one.`,
          details: { tokens: ids.length, contextLength: model.contextLength },
        });
    }
  }
}
