/**
 * DAPO's soft punishment of long answers (Yu et al. 2025), added to the reward: 0 up to `maximum` − `cache`
 * tokens, from there falling linearly to −1 at `maximum`, −1 beyond. A hard cut punishes good reasoning that
 * ran out of room as much as bad; this tells the policy beforehand.
 */
import { checkNumber } from '@llm/core';

export interface OverlongPunishmentOptions {
  /** Tokens over which it falls: at least 1, at most `maximum`. */
  readonly cache: number;
  /** Tokens of an answer. Default, in `trainPolicy`: `maxNewTokens`. */
  readonly maximum: number;
}

/** Throws `core/option-invalid`. */
export function overlongPunishment(tokens: number, { cache, maximum }: OverlongPunishmentOptions): number {
  checkNumber('maximum', maximum, { minimum: 1, integer: true });
  checkNumber('cache', cache, { minimum: 1, maximum, integer: true });
  return Math.max(-1, Math.min(0, (maximum - cache - tokens) / cache));
}
