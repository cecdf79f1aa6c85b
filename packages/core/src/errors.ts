/**
 * One error class for the user's mistakes and broken inputs of every package. `code` is stable and meant
 * for programs; `message` says what was wrong, where, and what to do. Checks go through `isInstance`, which
 * also holds across two installed copies of this package (a marker symbol, after the Vercel AI SDK).
 */
import type { JsonValue } from './contracts/json.js';

const marker = Symbol.for('@llm/core/LlmError');

export interface LlmErrorOptions {
  /** Stable identifier in kebab-case, prefixed with the package: `data/warc-truncated`. */
  readonly code: string;
  /** What was wrong, where (file, line, byte, shape), what to do. One or two sentences. */
  readonly message: string;
  /** The typed facts the message was built from. */
  readonly details?: Readonly<Record<string, JsonValue>> | undefined;
  readonly cause?: unknown;
}

export class LlmError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, JsonValue>>;
  readonly [marker] = true;

  constructor(options: LlmErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LlmError';
    this.code = options.code;
    this.details = options.details ?? {};
  }

  static isInstance(value: unknown): value is LlmError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** Throws the signal's reason when it was aborted; call it between units of work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}
