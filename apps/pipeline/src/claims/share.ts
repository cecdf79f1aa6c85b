/** A share of a number of questions, with what chance alone makes uncertain of it. */
import type { JsonValue } from '@llm/core';
import { wilsonInterval } from '@llm/rl';

export type Share = {
  readonly share: number;
  /** Wilson's, 95 %. */
  readonly interval: readonly [number, number];
  readonly n: number;
} & JsonValue;

export function shareOf(hits: number, n: number): Share {
  return { share: n === 0 ? 0 : hits / n, interval: wilsonInterval(hits, n), n };
}
