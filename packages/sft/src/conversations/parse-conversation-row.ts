/**
 * One line of JSON → one conversation. Accepted forms:
 *   {"messages": [{"role", "content", "tool_calls"?, "weight"?}]}  OpenAI chat; content may be parts as in @llm/core
 *   {"conversations": [{"from", "value"}]}                          ShareGPT, see `fromShareGpt`
 *   {"prompt", "completion"}                                        TRL: two texts, or two lists of messages, of which
 *                                                                   the completion's alone are trained on
 *   {"instruction", "input"?, "output", "history"?}                 Alpaca; history is a list of [question, answer];
 *                                                                   Dolly's {"instruction", "context", "response"}
 *   {"question", "answer"}                                          GSM8K; `<<12+30=42>>` becomes a calculator call
 * each with an optional `system` (or `system_prompt`) and `id`. Every other field is named (see `RowFields`).
 * Left out: function schemas (`tools` are ignored and counted), images; pairs of answers are preferences.
 */
import type { Conversation, Part } from '@llm/core';
import { type ParsedRow, parseRow, type RowProblem, takeId } from './parse-row.js';
import { promptMessages, textParts } from './prompt-messages.js';
import { checkMessages, type ReadMessage, readMessages } from './read-messages.js';
import { RowError, type RowFields, type RowReading } from './row-fields.js';
import { fromShareGpt } from './share-gpt.js';
import { checkRowIsTrained } from './trained-flag.js';

/** `text`: the line. `origin`: what it is called, `chats.jsonl:12`. */
export function parseConversationRow(text: string, origin: string): ParsedRow<Conversation> | RowProblem {
  return parseRow(text, (row, reading) => {
    const messages = withSystem(row, readForm(row, reading));
    const id = takeId(row, text);
    checkRowIsTrained(row);
    checkMessages(messages);
    return {
      id,
      origin,
      messages: messages.map(({ role, parts, trained }) => ({ role, parts, trained })),
    };
  });
}

function readForm(row: RowFields, reading: RowReading): ReadMessage[] {
  const has = (...wanted: string[]): boolean => wanted.every((name) => row.has(name));
  if (has('chosen', 'rejected'))
    throw new RowError(
      'form',
      'it is a pair of answers, "chosen" and "rejected", for training on preferences (readPreferences)',
    );
  for (const name of ['messages', 'conversations']) if (has(name)) return readList(row, name, reading);
  if (has('prompt', 'completion')) return readCompletion(row, reading);
  if (has('instruction', 'output')) return readInstruction(row, 'input', 'output');
  if (has('instruction', 'response')) return readInstruction(row, 'context', 'response');
  if (has('question', 'answer'))
    return numbered([textParts(row.requireText('question')), calculatorParts(row.requireText('answer'))]);
  throw new RowError(
    'form',
    `expected "messages", "conversations", or "prompt" and "completion", "instruction" and "output", "question" and "answer"; found ${row.names.join(', ') || 'nothing'}`,
  );
}

export function readList(row: RowFields, name: string, reading: RowReading): ReadMessage[] {
  const list = row.take(name);
  if (!Array.isArray(list)) throw new RowError('form', `"${name}" must be a list`);
  return readMessages(fromShareGpt(list), reading, (index) => [name, index]);
}

/** What the assistant says in a prompt is read, not learned. */
function readCompletion(row: RowFields, reading: RowReading): ReadMessage[] {
  const prompt = promptMessages(row, 'prompt', reading);
  const completion = promptMessages(row, 'completion', reading, 'assistant');
  return [
    ...prompt.map((message) => (message.role === 'assistant' ? { ...message, trained: false } : message)),
    ...completion.map((message) => ({ ...message, index: prompt.length + message.index })),
  ];
}

export function withSystem(row: RowFields, messages: readonly ReadMessage[]): readonly ReadMessage[] {
  const texts = ['system', 'system_prompt'].flatMap((name) => row.takeText(name) || []);
  if (texts.length === 0) return messages;
  if (texts.length > 1 || messages[0]?.role === 'system')
    throw new RowError('roles', 'there are two system messages; keep one of "system" and the first message');
  return [{ role: 'system', parts: textParts(texts[0]!), index: 0 }, ...messages];
}

function readInstruction(row: RowFields, inputName: string, outputName: string): ReadMessage[] {
  const history = row.take('history') ?? [];
  if (!Array.isArray(history) || !history.every(isExchange))
    throw new RowError('form', '"history" must be a list of [question, answer]');
  const [instruction, output, input = ''] = [
    row.requireText('instruction'),
    row.requireText(outputName),
    row.takeText(inputName),
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
