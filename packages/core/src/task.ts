import type { Conversation, Part } from './conversation.js';
import type { JsonValue } from './json.js';

/** A problem with a checkable answer. */
export interface Task {
  readonly id: string;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  /** What a correct answer contains, for reports and for the reward. */
  readonly answer: string;
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
}

export interface TaskSet {
  readonly specificationVersion: 'v1';
  readonly name: string;
  readonly train: readonly Task[];
  /** Disjoint from `train` by construction, e.g. by operand pair. */
  readonly heldOut: readonly Task[];
  /** Scores what an assistant said, 0…1; deterministic. */
  reward(task: Task, completion: readonly Part[]): number;
}

/** Something the assistant may call. Bad input is an answer (`error: …`), never an exception. */
export interface Tool {
  readonly name: string;
  call(input: string): string | Promise<string>;
}
