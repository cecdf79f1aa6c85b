/** What a pattern is compiled to: instructions of three numbers for the matcher. */
import type { CodePointSet } from './code-point-set.js';

/** Instructions. `a`, `b` and `c` are their numbers; without a jump the next one follows. */
export const operation = {
  /** The end of the pattern, or of the part of an `atomic` or a `look`. */
  match: 0,
  /** The character `a`, going forward. */
  character: 1,
  /** One of the set `a`, going forward. */
  set: 2,
  /** The same going back. */
  characterBefore: 3,
  setBefore: 4,
  /** Tries `a`, then `b`; `a` only before a character of the set `c`, where `c` is not negative. */
  split: 5,
  jump: 6,
  /** As many of the set `a` as there are, then fewer; at most `b`, where `b` is not negative. */
  loop: 7,
  /** As many of the set `a` as there are; at most `b`, where `b` is not negative. */
  possessiveLoop: 8,
  /** Assertion number `a`. */
  assertion: 9,
  /** The part that follows, up to its `match`, can or, where `b` is 1, cannot be matched here; then `a`. */
  look: 10,
  /** What the part that follows matches first; then `a`. */
  atomic: 11,
  /** A pass of the loop with the bit `a` begins. */
  passStart: 12,
  /** It ends: on to `b` when it took any text, else out of the loop. */
  passEnd: 13,
} as const;

export interface Program {
  /** [4 × instructions] operation, a, b, c */
  readonly code: Int32Array;
  readonly sets: readonly CodePointSet[];
  /** Characters that a match can begin with; undefined where it may be empty. */
  readonly first: CodePointSet | undefined;
}
