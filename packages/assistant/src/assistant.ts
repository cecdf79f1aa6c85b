/**
 * A model, its tokenizer and its chat format as one thing. What a caller sees; how it is loaded is in
 * `loading/`, how an answer is made in `chat/`.
 */
import type { Completion, JsonValue, Tokenizer } from '@llm/core';
import type { Transformer } from '@llm/model';

/** A message as the OpenAI API, the AI SDK and transformers.js write it. */
export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | {
      readonly role: 'assistant';
      readonly content?: string | null | undefined;
      readonly toolCalls?: readonly ToolCall[] | undefined;
    }
  /** Answers a call of the assistant's message before it. */
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

export interface ChatTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON schema of the arguments. */
  readonly parameters?: JsonValue | undefined;
  /**
   * Called with the arguments; what it returns (JSON unless a string) is forced into the answer, which goes
   * on. Without it the answer ends with the call.
   */
  readonly call?: ((input: JsonValue) => unknown) | undefined;
}

/** How the next token is chosen. Defaults: the model's own (generation_config.json), else those named. */
export interface SamplingChoice {
  /** 0 is greedy. Default 1. */
  readonly temperature?: number | undefined;
  /** Default: all. */
  readonly topK?: number | undefined;
  /** Default 1. */
  readonly topP?: number | undefined;
  /** Default 0. */
  readonly minP?: number | undefined;
  /** Default 1. */
  readonly repetitionPenalty?: number | undefined;
  /** Subtracted from a token's logit for each time it was written. Default 0. */
  readonly frequencyPenalty?: number | undefined;
  /** Subtracted from the logits of tokens that were written at all. Default 0. */
  readonly presencePenalty?: number | undefined;
  /** Added to the logits of these tokens. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number> | undefined;
  /** Default: drawn anew. */
  readonly seed?: number | undefined;
}

export interface AnswerOptions extends SamplingChoice {
  /** Default: up to the end of the window. */
  readonly maxNewTokens?: number | undefined;
  /** Text that ends the answer and is no part of it. */
  readonly stop?: readonly string[] | undefined;
  /** Report log-probabilities, and so many of the most likely tokens at each position (0: only the chosen). */
  readonly logProbabilities?: number | undefined;
  /** The answer is JSON text of this JSON schema; `true`: any JSON object. */
  readonly jsonSchema?: JsonValue | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ChatOptions extends AnswerOptions {
  readonly tools?: readonly ChatTool[] | undefined;
  /** Must the model call a tool, which one, or none? Default `auto`. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string } | undefined;
  /** Variables of the chat template, e.g. `{ enable_thinking: false }`. */
  readonly templateVariables?: Readonly<Record<string, JsonValue>> | undefined;
}

export interface TokenReport {
  readonly id: number;
  readonly text: string;
  readonly logProbability: number;
  /** Most likely first. */
  readonly top: readonly { readonly id: number; readonly text: string; readonly logProbability: number }[];
}

/** What an answer is made of, as it comes. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  /** Between the model's thinking marks. */
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'tool-output'; readonly toolCallId: string; readonly text: string }
  /** Where `logProbabilities` was asked for: the tokens of the part before. */
  | { readonly type: 'tokens'; readonly tokens: readonly TokenReport[] }
  /** Always last. */
  | {
      readonly type: 'end';
      readonly reason: Completion['stopReason'] | 'tool-calls';
      readonly promptTokens: number;
      /** Sampled ones: forced tool output is not among them. */
      readonly completionTokens: number;
      /** Messages of the history that were left out because they do not fit the window. */
      readonly omittedMessages: number;
    };

export interface Assistant {
  /** Of the source: `SmolLM2-135M-Instruct`. */
  readonly name: string;
  readonly model: Transformer;
  readonly tokenizer: Tokenizer;
  /** A base model has no chat format: `chat` throws `assistant/no-chat-format`. */
  readonly canChat: boolean;
  /** End an answer. */
  readonly stopTokens: readonly number[];
  /** The model's own choice of sampling. */
  readonly defaults: SamplingChoice;
  /** Answers the last message, part by part. Leaving the loop early stops the generation. */
  chat(messages: readonly ChatMessage[], options?: ChatOptions): AsyncGenerator<AnswerPart, void, undefined>;
  /** Goes on with a text, without a chat format; ids are taken as they are. */
  complete(prompt: string | Int32Array, options?: AnswerOptions): AsyncGenerator<AnswerPart, void, undefined>;
  dispose(): Promise<void>;
}
