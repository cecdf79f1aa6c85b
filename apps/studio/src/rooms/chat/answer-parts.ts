/** Parts of an answer as they are shown, and a conversation of them as the messages that a model is given. */
import type { AnswerPart, ChatMessage, ToolCall } from '@llm/assistant';

export type ShownPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'tool-output'; readonly toolCallId: string; readonly text: string };

/** `parts` with what came after them: text goes on where text was. */
export function withParts(parts: readonly ShownPart[], more: readonly AnswerPart[]): ShownPart[] {
  const all = [...parts];
  for (const part of more) {
    const last = all.at(-1);
    if (part.type === 'tokens' || part.type === 'end') continue;
    if (part.type === 'tool-call' || part.type === 'tool-output') all.push(part);
    else if (last?.type === part.type) all[all.length - 1] = { ...part, text: last.text + part.text };
    else all.push(part);
  }
  return all;
}

export const textOf = (parts: readonly ShownPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

export interface SpokenMessage {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly ShownPart[];
}

/**
 * As the OpenAI API has them: an assistant's message ends with its calls, and a new one follows the outputs.
 */
export function chatMessages(system: string, spoken: readonly SpokenMessage[]): ChatMessage[] {
  const messages: ChatMessage[] = system === '' ? [] : [{ role: 'system', content: system }];
  for (const { role, parts } of spoken) {
    if (role === 'user') {
      messages.push({ role, content: textOf(parts) });
      continue;
    }
    let content = '';
    let toolCalls: ToolCall[] = [];
    let hasMore = true;
    const close = (): void => {
      messages.push({ role: 'assistant', content, ...(toolCalls.length > 0 ? { toolCalls } : {}) });
      content = '';
      toolCalls = [];
      hasMore = false;
    };
    for (const part of parts) {
      if (part.type === 'thinking') continue;
      if (part.type === 'tool-output') {
        if (hasMore) close();
        messages.push({ role: 'tool', toolCallId: part.toolCallId, content: part.text });
        continue;
      }
      hasMore = true;
      if (part.type === 'tool-call') toolCalls.push(part.call);
      else content += part.text;
    }
    if (hasMore) close();
  }
  return messages;
}

/** The way back, for a conversation that is opened from a file. */
export function spokenMessages(rows: readonly ChatMessage[]): SpokenMessage[] {
  const spoken: { readonly role: 'user' | 'assistant'; readonly parts: ShownPart[] }[] = [];
  for (const row of rows) {
    if (row.role === 'system') continue;
    if (row.role === 'user') {
      spoken.push({ role: 'user', parts: [{ type: 'text', text: row.content }] });
      continue;
    }
    let last = spoken.at(-1);
    if (last?.role !== 'assistant') {
      last = { role: 'assistant', parts: [] };
      spoken.push(last);
    }
    if (row.role === 'tool')
      last.parts.push({ type: 'tool-output', toolCallId: row.toolCallId, text: row.content });
    else if (row.role === 'assistant') {
      if (row.content) last.parts.push({ type: 'text', text: row.content });
      for (const call of row.toolCalls ?? []) last.parts.push({ type: 'tool-call', call });
    }
  }
  return spoken;
}
