/**
 * The messages of the OpenAI API → a conversation. Messages of one role in a row are one message, with an
 * empty line between; outputs of tools go to the assistant's message that called them, in the order of the
 * calls.
 */
import { type Conversation, LlmError, type Message, type Part } from '@llm/core';
import type { ChatMessage } from '../assistant.js';

/** Throws `assistant/messages-invalid`, naming the message. */
export function conversationOf(messages: readonly ChatMessage[]): Conversation {
  const result: { role: Message['role']; parts: Part[] }[] = [];
  /** Calls of the message that was just read, by id, that wait for their output. */
  let waiting = new Map<string, string | undefined>();
  const settle = (index: number): void => {
    const missing = [...waiting].find(([, output]) => output === undefined);
    if (missing !== undefined)
      throw invalid(index, `comes before the output of the tool call "${missing[0]}" (role "tool")`);
    for (const output of waiting.values()) result.at(-1)!.parts.push({ type: 'tool-output', text: output! });
    waiting = new Map();
  };
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!waiting.has(message.toolCallId))
        throw invalid(
          index,
          `answers the tool call "${message.toolCallId}", which the message before it does not make`,
        );
      waiting.set(message.toolCallId, textOf(index, message.content));
      continue;
    }
    settle(index);
    if (message.role !== 'system' && message.role !== 'user' && message.role !== 'assistant')
      throw invalid(
        index,
        `has the role ${JSON.stringify((message as { role?: unknown }).role)}; roles are system, user, assistant and tool`,
      );
    if (message.role === 'system' && index > 0 && messages[index - 1]!.role !== 'system')
      throw invalid(index, 'is from the system, whose message comes first');
    const parts: Part[] = [];
    const content = message.role === 'assistant' ? (message.content ?? '') : message.content;
    if (textOf(index, content) !== '') parts.push({ type: 'text', text: content });
    if (message.role === 'assistant')
      for (const { id, name, arguments: input } of message.toolCalls ?? []) {
        if (waiting.has(id)) throw invalid(index, `makes two tool calls with the id "${id}"`);
        if (typeof name !== 'string' || name === '' || /\s/.test(name))
          throw invalid(index, `calls the tool ${JSON.stringify(name)}; a tool's name is a word`);
        parts.push({ type: 'tool-call', tool: name, input: textOf(index, input) });
        waiting.set(id, undefined);
      }
    const last = result.at(-1);
    if (last?.role !== message.role) result.push({ role: message.role, parts });
    else {
      const follows = last.parts.at(-1)?.type === 'text' && parts[0]?.type === 'text';
      last.parts.push(...(follows ? [{ type: 'text', text: '\n\n' } as const] : []), ...parts);
    }
  }
  const last = messages.at(-1);
  settle(messages.length);
  if (last?.role !== 'user' && last?.role !== 'tool')
    throw invalid(
      messages.length - 1,
      last === undefined
        ? 'is missing: there is nothing to answer'
        : `is from the ${last.role}; the last is the user's or a tool's`,
    );
  return { messages: result };
}

function textOf(index: number, content: unknown): string {
  if (typeof content === 'string') return content;
  throw invalid(
    index,
    `has a content that is no text (${Array.isArray(content) ? 'a list' : typeof content})`,
  );
}

function invalid(index: number, problem: string): LlmError {
  return new LlmError({
    code: 'assistant/messages-invalid',
    message: `Message ${Math.max(index, 0)} ${problem}.`,
    details: { index },
  });
}
