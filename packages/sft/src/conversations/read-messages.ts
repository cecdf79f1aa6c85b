/**
 * `{"messages": [{"role", "content", "tool_calls"?, "weight"?}]}` → messages of `@llm/core`.
 * In OpenAI's rows a call, its output (role `tool`) and what the assistant says then are
 * three messages; here they are parts of one, and each output stands right after its call:
 * of calls made together, one is answered after the other, as in generation.
 */
import { isToolName, type Message, type Part, type Role } from '@llm/core';
import { readToolCalls } from './read-tool-calls.js';
import { type MessageReading, RowError, RowFields, type RowReading } from './row-fields.js';
import { readTrained } from './trained-flag.js';

export interface ReadMessage extends Message {
  /** Of its first message in the row. */
  readonly index: number;
}

/** The assistant's message that is being read: calls that wait for an output. */
interface OpenMessage extends ReadMessage {
  readonly parts: Part[];
  waiting: { readonly id: string | undefined; readonly part: Part }[];
  /** The last thing read was a tool's output: the assistant's next message goes on with this one. */
  isAnswered: boolean;
}

/** Where a message stands in its row: `['messages', 3]`. */
type PathOf = (index: number) => readonly (string | number)[];

/** Throws `RowError`. */
export function readMessages(
  list: readonly unknown[],
  reading: RowReading,
  pathOf: PathOf = (index) => ['messages', index],
): ReadMessage[] {
  const messages: OpenMessage[] = [];
  const place = `${pathOf(0)
    .filter((step) => typeof step === 'string')
    .join('.')}[]`;
  for (const [index, value] of list.entries()) {
    const fields = new RowFields(
      typeof value === 'object' && value !== null ? value : {},
      `message ${index}`,
    );
    const role = fields.take('role');
    const within: MessageReading = { ...reading, place, index, path: pathOf(index) };
    if (role === 'tool' || role === 'function') addOutput(messages.at(-1), fields, within);
    else addMessage(messages, fields, role, within);
    reading.ignore(place, fields);
  }
  return messages.map(({ role, parts, trained, index }) => ({ role, parts, trained, index }));
}

function addMessage(
  messages: OpenMessage[],
  fields: RowFields,
  role: unknown,
  reading: MessageReading,
): void {
  const { index } = reading;
  if (role !== 'system' && role !== 'user' && role !== 'assistant')
    throw new RowError(
      'roles',
      `message ${index} has role ${JSON.stringify(role)}; use system, user, assistant or tool`,
    );
  const calls = role === 'assistant' ? readToolCalls(fields, reading) : [];
  const parts = [...readContent(fields, calls.length > 0, reading), ...calls.map(({ part }) => part)];
  const trained = readTrained(fields, role) === false ? false : undefined;
  const last = messages.at(-1);
  if (role === 'assistant' && last?.isAnswered) {
    if (last.trained !== trained)
      throw new RowError(
        'field',
        `message ${index} goes on with message ${last.index} after a tool's output, and only one of them is marked to be trained on`,
      );
    last.parts.push(...parts);
    last.waiting = calls;
    last.isAnswered = false;
  } else messages.push({ role, parts, trained, index, waiting: calls, isAnswered: false });
}

/** A message of the role `tool`: the output of the call with its id, or of the first that waits. */
function addOutput(message: OpenMessage | undefined, fields: RowFields, reading: MessageReading): void {
  const [id, name] = [fields.takeText('tool_call_id'), fields.takeText('name')];
  const parts = readContent(fields, false, reading);
  if (parts.some(({ type }) => type !== 'text'))
    throw new RowError('form', `${fields.where} is a tool's output and must be a text`);
  readTrained(fields, 'tool');
  if (message === undefined || message.waiting.length === 0)
    throw new RowError('roles', `${fields.where} is a tool's output, but no call waits for one`);
  const found = message.waiting.findIndex(({ id: own, part }) =>
    id !== undefined && own !== undefined
      ? own === id
      : name === undefined || (part.type === 'tool-call' && part.tool === name),
  );
  if (found < 0)
    throw new RowError(
      'roles',
      `${fields.where} answers the call ${JSON.stringify(id ?? name)}, which does not wait`,
    );
  const [call] = message.waiting.splice(found, 1);
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  message.parts.splice(message.parts.indexOf(call!.part) + 1, 0, { type: 'tool-output', text });
  message.isAnswered = true;
}

/** A text, or a list of parts; may be absent where there are calls. */
function readContent(fields: RowFields, mayBeAbsent: boolean, reading: MessageReading): Part[] {
  const content = fields.take('content');
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (content === undefined && mayBeAbsent) return [];
  if (!Array.isArray(content))
    throw new RowError('form', `${fields.where} needs "content", a string or a list of parts`);
  return content.map((value) => {
    const part = new RowFields(typeof value === 'object' && value !== null ? value : {}, fields.where);
    const read = readPart(part);
    reading.ignore(`${reading.place}.content[]`, part);
    return read;
  });
}

function readPart(fields: RowFields): Part {
  const { where } = fields;
  const type = fields.take('type');
  const [text, tool, input] = ['text', 'tool', 'input'].map((name) => fields.takeText(name));
  if ((type === 'text' || type === 'tool-output') && text !== undefined) return { type, text };
  if (type === 'tool-call' && tool !== undefined && input !== undefined) {
    if (isToolName(tool)) return { type, tool, input };
    throw new RowError(
      'form',
      `${where} calls the tool ${JSON.stringify(tool)}; a name is a word without spaces`,
    );
  }
  throw new RowError(
    'form',
    `${where} has a part of type ${JSON.stringify(type)} that is no text, tool-call or tool-output`,
  );
}

/**
 * Optional system message, then user and assistant in turn,
 * user first, at least one answer that is trained on.
 */
export function checkMessages(messages: readonly ReadMessage[]): void {
  const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages;
  for (const [turn, { role, parts, index }] of turns.entries()) {
    const expected: Role = turn % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected)
      throw new RowError('roles', `message ${index} is the ${role}'s, expected the ${expected}'s`);
    if (parts.every((part) => part.type === 'text' && part.text.trim() === ''))
      throw new RowError('empty', `message ${index} is empty`);
    for (const [at, part] of parts.entries()) {
      if (role !== 'assistant' && part.type !== 'text')
        throw new RowError('roles', `message ${index}: only the assistant calls tools`);
      if (part.type === 'tool-output' && parts[at - 1]?.type !== 'tool-call')
        throw new RowError('form', `message ${index}: a tool output must follow its call`);
    }
  }
  if (turns.length < 2) throw new RowError('empty', 'there is no assistant message');
  if (turns.every(({ role, trained }) => role !== 'assistant' || trained === false))
    throw new RowError('untrained', "every message of the assistant's is marked to be left out of training");
}
