/**
 * Mixes datasets by weight: a share of the mixture, not a number of epochs,
 * so adding data to one source does not drown the others. Each source is
 * walked in shuffled passes, so nothing repeats before all of it was used.
 */
import type { Conversation } from '@llm/core';
import { checkNumber, createRandom, LlmError } from '@llm/core';

export interface ConversationSource {
  readonly name: string;
  readonly conversations: readonly Conversation[];
  /** Relative; shares are weight ÷ sum of weights. */
  readonly weight: number;
}

/**
 * `count` conversations, shuffled; each source's number differs from its share
 * by less than one. Throws `sft/mixture-invalid` on an empty source or a weight
 * that is not positive, `core/option-invalid` on a `count` that is none.
 */
export function mixConversations(
  sources: readonly ConversationSource[],
  count: number,
  seed = 0,
): Conversation[] {
  checkNumber('count', count, { minimum: 0, integer: true });
  checkNumber('seed', seed);
  const total = sources.reduce((sum, source) => sum + source.weight, 0);
  for (const { name, conversations, weight } of sources) {
    if (!(weight > 0) || !Number.isFinite(weight) || conversations.length === 0) {
      throw new LlmError({
        code: 'sft/mixture-invalid',
        message: `Source "${name}" has weight ${weight} and ${conversations.length} conversations; both must be positive, leave the source out otherwise.`,
        details: { name, conversations: conversations.length },
      });
    }
  }
  const mixed: Conversation[] = [];
  let cumulative = 0;
  for (const { name, conversations, weight } of sources) {
    const start = Math.round((cumulative / total) * count);
    cumulative += weight;
    const share = Math.round((cumulative / total) * count) - start;
    let pass: Conversation[] = [];
    for (let i = 0; i < share; i++) {
      const position = i % conversations.length;
      if (position === 0) {
        pass = createRandom(seed, 'mix', name, i / conversations.length).shuffle([...conversations]);
      }
      mixed.push(pass[position]!);
    }
  }
  return createRandom(seed, 'mix').shuffle(mixed);
}
