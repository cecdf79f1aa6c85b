/**
 * One line of JSON → one conversation. Accepted forms:
 *   {"messages": [{"role", "content", "tool_calls"?, "weight"?}]}  OpenAI chat; content may be parts as in @llm/core
 *   {"instruction", "input"?, "output", "history"?}                 Alpaca; history is a list of [question, answer]
 *   {"question", "answer"}                                          GSM8K; `<<12+30=42>>` becomes a calculator call
 * each with an optional `system` (or `system_prompt`) and `id`. Every other field is named (see `RowFields`).
 * Left out: function schemas (`tools` are ignored and counted), images, ShareGPT's `from`/`value`.
 */
import type { Conversation, Part } from '@llm/core';
import { jsonSource } from './json-source.js';
import { checkMessages, type ReadMessage, readMessages } from './read-messages.js';
import { RowError, RowFields, type RowReading, type RowReason } from './row-fields.js';
import { checkRowIsTrained } from './trained-flag.js';

export interface RowProblem {
  readonly reason: RowReason | 'json';
  readonly message: string;
}

export interface ParsedRow {
  readonly conversation: Conversation;
  /** Fields that hold something and were not used: `tools`, `messages[].name`. */
  readonly ignoredFields: readonly string[];
}

/** `text`: the line. `origin`: what it is called, `chats.jsonl:12`. */
export function parseConversationRow(text: string, origin: string): ParsedRow | RowProblem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { reason: 'json', message: `not JSON (${(error as Error).message})` };
  }
  try {
    return readRow(value, text, origin);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { reason: error.reason, message: error.message };
  }
}

function readRow(value: unknown, text: string, origin: string): ParsedRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RowError('form', 'a row must be a JSON object');
  const ignored = new Set<string>();
  const reading: RowReading = {
    text,
    ignore: (place, fields) => {
      for (const name of fields.ignored()) ignored.add(place === '' ? name : `${place}.${name}`);
    },
  };
  const row = new RowFields(value);
  const messages = withSystem(row, readForm(row, reading));
  const id = row.take('id');
  checkRowIsTrained(row);
  reading.ignore('', row);
  checkMessages(messages);
  return {
    conversation: {
      id: typeof id === 'string' ? id : typeof id === 'number' ? jsonSource(text, ['id']) : undefined,
      origin,
      messages: messages.map(({ role, parts, trained }) => ({ role, parts, trained })),
    },
    ignoredFields: [...ignored],
  };
}

function readForm(row: RowFields, reading: RowReading): ReadMessage[] {
  const has = (...wanted: string[]): boolean => wanted.every((name) => row.has(name));
  if (has('messages')) {
    const list = row.take('messages');
    if (!Array.isArray(list)) throw new RowError('form', '"messages" must be a list');
    return readMessages(list, reading);
  }
  if (has('instruction', 'output')) return readInstruction(row);
  if (has('question', 'answer'))
    return numbered([textParts(requireText(row, 'question')), calculatorParts(requireText(row, 'answer'))]);
  throw new RowError(
    'form',
    `expected "messages", or "instruction" and "output", or "question" and "answer"; found ${row.names.join(', ') || 'nothing'}`,
  );
}

function requireText(row: RowFields, name: string): string {
  const text = row.takeText(name);
  if (text === undefined) throw new RowError('form', `"${name}" must be a text`);
  return text;
}

function withSystem(row: RowFields, messages: readonly ReadMessage[]): readonly ReadMessage[] {
  const texts = ['system', 'system_prompt'].flatMap((name) => row.takeText(name) || []);
  if (texts.length === 0) return messages;
  if (texts.length > 1 || messages[0]?.role === 'system')
    throw new RowError('roles', 'there are two system messages; keep one of "system" and the first message');
  return [{ role: 'system', parts: textParts(texts[0]!), index: 0 }, ...messages];
}

function readInstruction(row: RowFields): ReadMessage[] {
  const history = row.take('history') ?? [];
  if (!Array.isArray(history) || !history.every(isExchange))
    throw new RowError('form', '"history" must be a list of [question, answer]');
  const [instruction, output, input = ''] = [
    requireText(row, 'instruction'),
    requireText(row, 'output'),
    row.takeText('input'),
  ];
  const question = [instruction, input.trim() === '' ? '' : input].filter((text) => text !== '').join('\n\n');
  return numbered([...history.flat(), question, output].map(textParts));
}

const isExchange = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === 'string');

/** Messages of user and assistant in turn. */
function numbered(turns: readonly (readonly Part[])[]): ReadMessage[] {
  return turns.map((parts, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', parts, index }));
}

const textParts = (text: string): Part[] => (text === '' ? [] : [{ type: 'text', text }]);

/** `…= <<12+30=42>>42 …` → text, tool call `calculator 12+30`, its output `42`, text. */
function calculatorParts(answer: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of answer.matchAll(/<<([^<>=]*)=([^<>]*)>>/g)) {
    parts.push(...textParts(answer.slice(end, match.index)));
    parts.push({ type: 'tool-call', tool: 'calculator', input: match[1]! });
    parts.push({ type: 'tool-output', text: match[2]! });
    end = match.index + match[0].length;
  }
  return [...parts, ...textParts(answer.slice(end))];
}
