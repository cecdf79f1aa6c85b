/** What rooms ask the worker that holds a model; one worker a model. */
import type { AnswerPart, ChatMessage, SamplingChoice } from '@llm/assistant';

/** Where a model comes from. */
export type ModelSource =
  /** A run's, or any folder below an address with these files. */
  | {
      readonly kind: 'served';
      readonly address: string;
      readonly keys: readonly string[];
      readonly stage?: string | undefined;
    }
  /** Dropped or chosen: a folder's files or one `.gguf`, by their path in it. */
  | { readonly kind: 'files'; readonly files: readonly (readonly [path: string, file: File])[] }
  /** Trained in this browser, and kept there. */
  | { readonly kind: 'kept'; readonly name: string }
  /** `hf:owner/name`, or the address of a `.gguf` file. */
  | { readonly kind: 'named'; readonly source: string }
  /** Of the server that the page came from, by the name that it has there. */
  | { readonly kind: 'server'; readonly model: string };

/** Something that answers. */
export interface AnsweringModel {
  readonly name: string;
  readonly canChat: boolean;
  /** Where it computes, and why not elsewhere: for people. */
  readonly runsOn: string;
  readonly contextLength: number;
  /** Absent where only the server knows. */
  readonly parameterCount?: number | undefined;
  readonly defaults: SamplingChoice;
  /** Tools that it was taught. */
  readonly tools: readonly string[];
  /** Whether it can be told how the answer of a chat begins. Default true. */
  readonly canBegin?: boolean | undefined;
}

/** One whose weights are in the page. */
export interface ModelInfo extends AnsweringModel {
  readonly parameterCount: number;
  readonly depth: number;
  readonly heads: number;
}

export interface Sampling extends SamplingChoice {
  readonly maxNewTokens?: number | undefined;
}

export type EndPart = Extract<AnswerPart, { readonly type: 'end' }>;

export type ModelCalls = {
  readonly load: {
    readonly takes: { readonly source: ModelSource; readonly name: string };
    /** Bytes of a download. */
    readonly says: { readonly done: number; readonly total: number };
    readonly gives: AnsweringModel;
  };
  readonly chat: {
    readonly takes: {
      readonly messages: readonly ChatMessage[];
      readonly sampling: Sampling;
      /** Ids that the answer begins with. */
      readonly begin: readonly number[];
    };
    readonly says: readonly AnswerPart[];
    readonly gives: undefined;
  };
  /** Goes on with a text, and the ids after it. */
  readonly complete: {
    readonly takes: {
      readonly text: string;
      readonly sampling: Sampling;
      readonly begin: readonly number[];
    };
    readonly says: readonly AnswerPart[];
    readonly gives: undefined;
  };
};
