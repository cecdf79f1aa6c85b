/** What people know a conversation by: its id, and file and line where it was read. */
import type { Conversation } from '@llm/core';

/** `q7 (chats.jsonl:12)`, `chats.jsonl:12`, `q7`, or `conversation 3` by its place in the list of `what`. */
export function conversationName(
  { id, origin }: Pick<Conversation, 'id' | 'origin'>,
  index: number,
  what = 'conversation',
): string {
  if (id !== undefined && origin !== undefined) return `${id} (${origin})`;
  return id ?? origin ?? `${what} ${index}`;
}
