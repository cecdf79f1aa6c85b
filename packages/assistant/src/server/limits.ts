/** What one server takes on. Every limit has a default, and every one that is reached has its own answer. */
import { checkNumbers } from '@llm/core';

export interface ServerLimits {
  /** Longest body of a request. More: 413, unread. Default 8 MiB. */
  readonly bodyBytes: number;
  /** Answers (choices) generated at once; the rest wait in order of arrival. Default 64. */
  readonly active: number;
  /** Requests that wait. More: 429 with `Retry-After`. Default 256. */
  readonly waiting: number;
  /** Choices of one request, prompts × n. More: 400. Default 32. */
  readonly choices: number;
  /** From arrival to the last byte read. Longer: 504, or an error in the stream. Default 600. */
  readonly requestSeconds: number;
  /** Memory for the logits of one scored prompt (`echo` with `logprobs`). More: 400. Default 2 GiB. */
  readonly scoringBytes: number;
}

export function limitsOf(given: Partial<ServerLimits> = {}): ServerLimits {
  const counted = { minimum: 1, integer: true } as const;
  checkNumbers(given, {
    bodyBytes: counted,
    active: counted,
    waiting: { minimum: 0, integer: true },
    choices: counted,
    requestSeconds: { above: 0, maximum: 2_000_000 },
    scoringBytes: counted,
  });
  return {
    bodyBytes: given.bodyBytes ?? 2 ** 23,
    active: given.active ?? 64,
    waiting: given.waiting ?? 256,
    choices: given.choices ?? 32,
    requestSeconds: given.requestSeconds ?? 600,
    scoringBytes: given.scoringBytes ?? 2 ** 31,
  };
}
