/**
 * Which targets of a conversation are learned:
 *   assistant   all that the assistant says, stop tokens included (TRL's `assistant_only_loss`)
 *   completion  the last thing it says: earlier turns are there to be read (`completion_only_loss`)
 *   all         every token, whoever says it: continued pretraining on the chat format
 * Messages that are `trained: false` are left out of each; of `all` with what follows them up to the next
 * answer.
 */
import type { Conversation, ConversationRenderer, RenderedConversation } from '@llm/core';
import { maskUntrained } from './mask-untrained.js';

export type TrainedTargets = 'assistant' | 'completion' | 'all';

/** Throws what `maskUntrained` throws. */
export function trainedMask(
  renderer: ConversationRenderer,
  conversation: Conversation,
  rendered: RenderedConversation,
  trainOn: TrainedTargets,
): RenderedConversation {
  if (trainOn === 'assistant') return maskUntrained(renderer, conversation, rendered);
  const { ids } = rendered;
  if (trainOn === 'all')
    return maskUntrained(renderer, conversation, { ids, mask: new Uint8Array(ids.length).fill(1) });
  const last = conversation.messages.findLastIndex(({ role }) => role === 'assistant');
  const messages = conversation.messages.map((message, index) =>
    message.role === 'assistant' && index !== last ? { ...message, trained: false } : message,
  );
  return maskUntrained(renderer, { ...conversation, messages }, rendered);
}
