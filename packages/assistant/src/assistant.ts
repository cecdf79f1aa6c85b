/**
 * A model, its tokenizer and its chat format as one thing. What a caller sees; how it is loaded is in
 * `loading/`, how an answer is made in `chat/`.
 */
import type { Completion, JsonValue } from '@llm/core';
import type { Transformer } from '@llm/model';
import type { BpeTokenizer } from '@llm/tokenizer';
import type { StandardJsonSchema } from './chat/standard-json-schema.js';

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
  /** As the model wrote it: JSON text, but for formats in which a call is words. */
  readonly arguments: string;
}

export interface ChatTool {
  /** A word. */
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON schema of the arguments, or a Standard Schema that writes one (zod 4 and others). */
  readonly parameters?: JsonValue | StandardJsonSchema | undefined;
  /**
   * Called with the arguments (parsed; the text itself where it is no JSON). What it returns or promises
   * (JSON unless a string) is the output, and the answer goes on; an error it throws becomes the output
   * too. An answer in which a tool without `call` is called ends with the calls.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what a schema describes is the tool's own type
  readonly call?: ((input: any) => unknown) | undefined;
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
  /** −2 to 2: how much less likely a token is for every time it was said (OpenAI). Default 0. */
  readonly frequencyPenalty?: number | undefined;
  /** −2 to 2: how much less likely a token is that was said at all. Default 0. */
  readonly presencePenalty?: number | undefined;
  /** Default: drawn anew. */
  readonly seed?: number | undefined;
}

export interface AnswerOptions extends SamplingChoice {
  /** Default: up to the end of the window. */
  readonly maxNewTokens?: number | undefined;
  /** By token, added to its logit. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number> | undefined;
  /** Text that ends the answer and is no part of it. */
  readonly stop?: readonly string[] | undefined;
  /**
   * Report log-probabilities, and so many of the most likely tokens at each position (0: only the chosen).
   */
  readonly logProbabilities?: number | undefined;
  /** Of `complete`: ids that end the answer beside the model's own. Default: none. */
  readonly stopTokens?: readonly number[] | undefined;
  /** Of `complete`: the id that ended the answer is among the `tokens`, without a text. Default false. */
  readonly reportStop?: boolean | undefined;
  /** The answer is JSON text of this JSON schema (or Standard Schema); `true`: any JSON object. */
  readonly jsonSchema?: JsonValue | StandardJsonSchema | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ChatOptions extends AnswerOptions {
  readonly tools?: readonly ChatTool[] | undefined;
  /** Must the model call a tool, which one, or none? Of the first turn. Default `auto`. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string } | undefined;
  /** Times that tools are run before the answer ends with the calls. Default 8. */
  readonly maxToolRounds?: number | undefined;
  /**
   * Ids that the answer begins with, as `tokens` reported them of its first turn: it goes on after them.
   * Their text comes first; they are not reported or counted. Default: none.
   */
  readonly begin?: ArrayLike<number> | undefined;
  /** Variables of the chat template, e.g. `{ enable_thinking: false }`. */
  readonly templateVariables?: Readonly<Record<string, JsonValue>> | undefined;
}

export interface TokenReport {
  readonly id: number;
  /** What it stands for: a part of a character, maybe. */
  readonly bytes: Uint8Array;
  readonly logProbability: number;
  /** Most likely first. */
  readonly top: readonly {
    readonly id: number;
    readonly bytes: Uint8Array;
    readonly logProbability: number;
  }[];
}

/** What an answer is made of, as it comes. */
export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  /** Between the model's thinking marks. */
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'tool-output'; readonly toolCallId: string; readonly text: string }
  /** Where `logProbabilities` was asked for: the tokens since the last such part, without stop tokens. */
  | { readonly type: 'tokens'; readonly tokens: readonly TokenReport[] }
  /** Always last. */
  | {
      readonly type: 'end';
      readonly reason: Completion['stopReason'] | 'tool-calls';
      readonly promptTokens: number;
      /** Sampled ones: those of tool outputs are not among them. */
      readonly completionTokens: number;
      /** Messages of the history that were left out because they do not fit the window. */
      readonly omittedMessages: number;
    };

export interface Assistant {
  /** Of the source: `SmolLM2-135M-Instruct`. */
  readonly name: string;
  readonly model: Transformer;
  readonly tokenizer: BpeTokenizer;
  /** A base model has no chat format: `chat` throws `assistant/no-chat-format`. */
  readonly canChat: boolean;
  /** Put before a text that is completed, if the model was taught so. */
  readonly beginToken: number | undefined;
  /** End an answer. */
  readonly stopTokens: readonly number[];
  /** The model's own choice of sampling. */
  readonly defaults: SamplingChoice;
  /**
   * Answers the last message (a text is one of the user), part by part. Leaving the loop early stops the
   * generation.
   */
  chat(
    messages: string | readonly ChatMessage[],
    options?: ChatOptions,
  ): AsyncGenerator<AnswerPart, void, undefined>;
  /** Goes on with a text, without a chat format; ids are taken as they are. */
  complete(prompt: string | Int32Array, options?: AnswerOptions): AsyncGenerator<AnswerPart, void, undefined>;
  /** The text of `chat` in one piece. */
  text(messages: string | readonly ChatMessage[], options?: ChatOptions): Promise<string>;
  dispose(): Promise<void>;
}
