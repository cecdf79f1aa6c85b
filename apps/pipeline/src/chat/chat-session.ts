/**
 * One conversation with a model: remembers the turns and streams each answer. What does not fit the window is
 * left out by the assistant, the oldest first. A stopped answer is kept as far as it came.
 */
import type { Assistant, ChatMessage, ChatOptions, ChatTool, ToolCall } from '@llm/assistant';
import { checkGenerateOptions } from '@llm/core';
import { AnswerText } from './answer-text.js';

export interface ChatSessionOptions {
  readonly assistant: Pick<Assistant, 'chat' | 'defaults'>;
  readonly tools: readonly ChatTool[];
  /** Default: the model's own, else 0.7. */
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
  #messages: ChatMessage[] = [];
  #asked = 0;

  /** Throws `core/option-invalid`. */
  constructor(readonly options: ChatSessionOptions) {
    checkGenerateOptions({ ...options, maxNewTokens: options.maxNewTokens ?? 1 });
    this.temperature = options.temperature ?? options.assistant.defaults.temperature ?? 0.7;
  }

  /** Exchanges remembered. */
  get turns(): number {
    return this.#messages.filter(({ role }) => role === 'user').length;
  }

  reset(): void {
    this.#messages = [];
  }

  /** Streams the answer to `print`. Throws what `Assistant.chat` throws, and remembers nothing then. */
  async ask(question: string, print: (text: string) => void, signal?: AbortSignal): Promise<void> {
    const { assistant, tools, seed, topK, topP, maxNewTokens, system } = this.options;
    const opening: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
    const asked: ChatMessage[] = [...this.#messages, { role: 'user', content: question }];
    const options: ChatOptions = {
      temperature: this.temperature,
      topK,
      topP,
      maxNewTokens,
      seed: seed + this.#asked++,
      tools,
      signal,
    };
    const shown = new AnswerText();
    const answer = new AnswerMessages();
    try {
      for await (const part of assistant.chat([...opening, ...asked], options)) {
        const text = shown.push(part);
        if (text !== '') print(text);
        if (part.type === 'text') answer.say(part.text);
        else if (part.type === 'tool-call') answer.call(part.call);
        else if (part.type === 'tool-output') answer.output(part.toolCallId, part.text);
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
    const said = answer.messages();
    if (said.length > 0) this.#messages = [...asked, ...said];
  }
}

/** An answer as messages: text, calls, their outputs, text after them. Calls without an output are left out. */
class AnswerMessages {
  readonly #rounds: { content: string; readonly calls: ToolCall[]; readonly outputs: Map<string, string> }[] =
    [{ content: '', calls: [], outputs: new Map() }];

  say(text: string): void {
    if (this.#last.outputs.size > 0) this.#rounds.push({ content: '', calls: [], outputs: new Map() });
    this.#last.content += text;
  }

  call(call: ToolCall): void {
    if (this.#last.outputs.size > 0) this.#rounds.push({ content: '', calls: [], outputs: new Map() });
    this.#last.calls.push(call);
  }

  output(id: string, text: string): void {
    this.#last.outputs.set(id, text);
  }

  messages(): ChatMessage[] {
    return this.#rounds.flatMap(({ content, calls, outputs }): ChatMessage[] => {
      const answered = calls.filter(({ id }) => outputs.has(id));
      if (content === '' && answered.length === 0) return [];
      return [
        { role: 'assistant', content, toolCalls: answered.length === 0 ? undefined : answered },
        ...answered.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: outputs.get(id)! })),
      ];
    });
  }

  get #last() {
    return this.#rounds.at(-1)!;
  }
}
