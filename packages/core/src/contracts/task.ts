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
  /**
   * Scores what an assistant said, usually 0…1: evaluations count 1 and more as right. Deterministic, and a
   * finite number or the promise of one; the answers of a batch are scored at the same time.
   */
  reward(task: Task, completion: readonly Part[]): number | Promise<number>;
}

/**
 * Something the assistant may call. Bad input is an answer (`error: …`), never an exception. It answers at
 * once: it is called between two tokens of a generation in which other rows go on.
 */
export interface Tool {
  /** A word: not empty, no space in it. */
  readonly name: string;
  call(input: string): string;
}
