/** What was said, for many eyes: rewards, an environment and listeners read the same parts, one by one. */
import type { ConversationRenderer, Part } from '@llm/core';

export interface ReadAnswer {
  /** Frozen: one that changed them would change what the others judge. */
  readonly parts: readonly Part[];
  readonly wellFormed: boolean;
}

export function parseAnswer(renderer: ConversationRenderer, ids: ArrayLike<number>): ReadAnswer {
  const { parts, wellFormed } = renderer.parse(ids);
  return { parts: Object.freeze(parts.map((part) => Object.freeze({ ...part }))), wellFormed };
}
