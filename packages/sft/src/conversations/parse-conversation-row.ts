/**
 * One JSON value → one conversation. Accepted forms:
 *   {"messages": [{"role", "content": string | parts}]}        OpenAI chat; parts as in @llm/core
 *   {"instruction", "input"?, "output"}                        Alpaca
 *   {"question", "answer"}                                     GSM8K; `<<12+30=42>>` becomes a calculator call
 * Left out: function schemas, images, ShareGPT's `from`/`value`.
 */
import type { Conversation, Message, Part, Role } from '@llm/core';

export type RowProblem = { readonly reason: 'form' | 'roles' | 'empty'; readonly message: string };

type Row = Readonly<Record<string, unknown>>;

export function parseConversationRow(value: unknown): Conversation | RowProblem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'form', message: 'a row must be a JSON object' };
  }
  const row = value as Row;
  const messages = readMessages(row);
  if ('reason' in messages) return messages;
  const problem = findRoleProblem(messages);
  if (problem !== undefined) return problem;
  const id = typeof row.id === 'string' ? { id: row.id } : {};
  return { ...id, messages };
}

function readMessages(row: Row): Message[] | RowProblem {
  if ('messages' in row) {
    if (!Array.isArray(row.messages)) return { reason: 'form', message: '"messages" must be a list' };
    const messages: Message[] = [];
    for (const [index, message] of row.messages.entries()) {
      const read = readMessage(message, index);
      if ('reason' in read) return read;
      messages.push(read);
    }
    return messages;
  }
  const text = (key: string): string | undefined => {
    const value = row[key];
    return typeof value === 'string' ? value : undefined;
  };
  const [instruction, output, question, answer] = ['instruction', 'output', 'question', 'answer'].map(text);
  if (instruction !== undefined && output !== undefined) {
    const input = text('input') ?? '';
    return exchange(input.trim() === '' ? instruction : `${instruction}\n\n${input}`, [
      { type: 'text', text: output },
    ]);
  }
  if (question !== undefined && answer !== undefined) return exchange(question, calculatorParts(answer));
  return {
    reason: 'form',
    message: `expected "messages", or "instruction" and "output", or "question" and "answer"; found ${Object.keys(row).join(', ') || 'nothing'}`,
  };
}

function readMessage(value: unknown, index: number): Message | RowProblem {
  const { role, content } = (typeof value === 'object' && value !== null ? value : {}) as Row;
  if (role !== 'system' && role !== 'user' && role !== 'assistant') {
    return {
      reason: 'roles',
      message: `message ${index} has role ${JSON.stringify(role)}; use system, user or assistant`,
    };
  }
  if (typeof content === 'string')
    return { role, parts: content === '' ? [] : [{ type: 'text', text: content }] };
  if (!Array.isArray(content)) {
    return { reason: 'form', message: `message ${index} needs "content", a string or a list of parts` };
  }
  const parts: Part[] = [];
  for (const part of content) {
    const { type, text, tool, input } = (typeof part === 'object' && part !== null ? part : {}) as Row;
    if (type === 'text' && typeof text === 'string') parts.push({ type, text });
    else if (type === 'tool-output' && typeof text === 'string') parts.push({ type, text });
    else if (type === 'tool-call' && typeof tool === 'string' && typeof input === 'string')
      parts.push({ type, tool, input });
    else
      return {
        reason: 'form',
        message: `message ${index} has a part that is no text, tool-call or tool-output`,
      };
  }
  return { role, parts };
}

/** Optional system message, then user and assistant in turn, user first, at least one answer. */
function findRoleProblem(messages: readonly Message[]): RowProblem | undefined {
  const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages;
  const offset = messages.length - turns.length;
  for (const [index, { role, parts }] of turns.entries()) {
    const expected: Role = index % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) {
      return {
        reason: 'roles',
        message: `message ${index + offset} is the ${role}'s, expected the ${expected}'s`,
      };
    }
    if (parts.length === 0) return { reason: 'empty', message: `message ${index + offset} is empty` };
    for (const [at, part] of parts.entries()) {
      if (role !== 'assistant' && part.type !== 'text') {
        return { reason: 'roles', message: `message ${index + offset}: only the assistant calls tools` };
      }
      if (part.type === 'tool-output' && parts[at - 1]?.type !== 'tool-call') {
        return { reason: 'form', message: `message ${index + offset}: a tool output must follow its call` };
      }
    }
  }
  return turns.length < 2 ? { reason: 'empty', message: 'there is no assistant message' } : undefined;
}

function exchange(question: string, parts: readonly Part[]): Message[] {
  const filled = parts.filter((part) => part.type !== 'text' || part.text !== '');
  return [
    { role: 'user', parts: question === '' ? [] : [{ type: 'text', text: question }] },
    { role: 'assistant', parts: filled },
  ];
}

/** `…= <<12+30=42>>42 …` → text, tool call `calculator 12+30`, its output `42`, text. */
function calculatorParts(answer: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of answer.matchAll(/<<([^<>=]*)=([^<>]*)>>/g)) {
    parts.push({ type: 'text', text: answer.slice(end, match.index) });
    parts.push({ type: 'tool-call', tool: 'calculator', input: match[1]! });
    parts.push({ type: 'tool-output', text: match[2]! });
    end = match.index + match[0].length;
  }
  parts.push({ type: 'text', text: answer.slice(end) });
  return parts;
}
