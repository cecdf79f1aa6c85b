/**
 * OpenAI's `tool_calls` and the older `function_call` → tool-call
 * parts, whose input is the text of the arguments as written.
 */
import { isToolName, type ToolCallPart } from '@llm/core';
import { jsonSource } from './json-source.js';
import { type MessageReading, RowError, RowFields } from './row-fields.js';

export interface ReadToolCall {
  readonly id: string | undefined;
  readonly part: ToolCallPart;
}

type Path = readonly (string | number)[];

/** Throws `RowError`. */
export function readToolCalls(
  fields: RowFields,
  { text, ignore, place, path }: MessageReading,
): ReadToolCall[] {
  const calls: ReadToolCall[] = [];
  const older = fields.take('function_call');
  if (older !== undefined) {
    const called = objectOf(older, fields, 'function_call');
    calls.push({ id: undefined, part: readFunction(called, text, [...path, 'function_call']) });
    ignore(`${place}.function_call`, called);
  }
  const list = fields.take('tool_calls') ?? [];
  if (!Array.isArray(list)) throw new RowError('form', `${fields.place}"tool_calls" must be a list`);
  for (const [at, value] of list.entries()) {
    const here = [...path, 'tool_calls', at];
    const call = objectOf(value, fields, 'tool_calls');
    const [type, id] = [call.takeText('type'), call.takeText('id')];
    if (type !== undefined && type !== 'function')
      throw new RowError(
        'form',
        `${fields.place}a call of type ${JSON.stringify(type)} is none of a function`,
      );
    // Some rows leave out the level of `function`.
    const inner = call.take('function');
    const called = inner === undefined ? call : objectOf(inner, fields, 'function');
    calls.push({ id, part: readFunction(called, text, inner === undefined ? here : [...here, 'function']) });
    ignore(`${place}.tool_calls[]`, call);
    if (inner !== undefined) ignore(`${place}.tool_calls[].function`, called);
  }
  return calls;
}

function readFunction(fields: RowFields, text: string, path: Path): ToolCallPart {
  const tool = fields.takeText('name');
  if (tool === undefined || !isToolName(tool))
    throw new RowError(
      'form',
      `${fields.where} calls the tool ${JSON.stringify(tool)}; a name is a word without spaces`,
    );
  const given = fields.take('arguments');
  if (given === undefined) return { type: 'tool-call', tool, input: '' };
  const input = typeof given === 'string' ? given : jsonSource(text, [...path, 'arguments']);
  return { type: 'tool-call', tool, input };
}

function objectOf(value: unknown, { where }: RowFields, name: string): RowFields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return new RowFields(value, where);
  throw new RowError('form', `${where}: "${name}" holds ${JSON.stringify(value)}, which is no call`);
}
