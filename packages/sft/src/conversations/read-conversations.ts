/** JSON Lines → conversations, in every form that `parseConversationRow` knows. */
import type { Conversation } from '@llm/core';
import { parseConversationRow } from './parse-conversation-row.js';
import { type ReadRows, type ReadRowsOptions, readRows } from './read-rows.js';

export interface ReadConversations extends Omit<ReadRows<Conversation>, 'rows'> {
  readonly conversations: Conversation[];
}

/**
 * Takes a whole text or a sequence of lines (`readline` over a file). Blank lines do not count. Each
 * conversation's `origin` is the name and the line. Throws `sft/line-invalid` (strict),
 * `sft/no-conversations` when no line was usable, and `core/option-invalid`.
 */
export async function readConversations(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadRowsOptions = {},
): Promise<ReadConversations> {
  const none = {
    code: 'sft/no-conversations',
    noun: 'conversation',
    form: '{"messages": [{"role", "content"}]}',
  };
  const { rows, ...rest } = await readRows(input, parseConversationRow, none, options);
  return { conversations: rows, ...rest };
}
