/**
 * A counterpart that answers the policy: a game, a user, a program with state. The policy speaks, the
 * environment says something back, and so on; what it says is read and never trained on.
 */
import type { Part, Task } from '@llm/core';

export interface EnvironmentTurn {
  /** What the policy reads next, as a user's message. Undefined: the episode is over. */
  readonly message?: string | undefined;
  /** Of what the policy just said; the rewards of an episode add up. Default 0. */
  readonly reward?: number | undefined;
}

/** One conversation, with its state. */
export interface Episode {
  /** What the policy said, well formed. A policy that breaks the format or is cut off ends its episode. */
  respond(said: readonly Part[]): EnvironmentTurn | Promise<EnvironmentTurn>;
}

export interface Environment {
  readonly name: string;
  /** `seed` is another for each answer; the same makes the same episode. */
  begin(task: Task, seed: number): Episode | Promise<Episode>;
}
