/**
 * A conversation as the messages that chat templates expect (those of transformers' `apply_chat_template`): a
 * tool call ends an assistant message, its output is a message of the role `tool`, and what the assistant
 * says then is a message of its own.
 */
import type { Conversation, JsonValue, ToolCallPart } from '@llm/core';
import { PythonNumber, type PythonObject, type PythonValue, parsePythonJson } from './python-json.js';

export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tool_calls?: readonly TemplateToolCall[] | undefined;
  /** Of a `tool` message: whose output it is. */
  readonly name?: string | undefined;
  readonly tool_call_id?: string | undefined;
}

export interface TemplateToolCall {
  readonly type: 'function';
  /** Nine digits: some templates insist on that length. */
  readonly id: string;
  /** An input that is a JSON object is handed over as that object, any other as the text it is. */
  readonly function: { readonly name: string; readonly arguments: JsonValue };
}

export function templateMessages({ messages }: Conversation): TemplateMessage[] {
  const result: TemplateMessage[] = [];
  let calls = 0;
  for (const { role, parts } of messages) {
    let content = '';
    let open: TemplateToolCall[] = [];
    let answered: TemplateToolCall[] = [];
    const close = (): void => {
      // Templates ask whether the key is there.
      result.push({ role, content, ...(open.length > 0 ? { tool_calls: open } : {}) });
      content = '';
      open = [];
    };
    for (const [index, part] of parts.entries()) {
      if (part.type === 'tool-call') open.push(toolCall(part, calls++));
      else if (part.type === 'text') {
        if (open.length > 0) close();
        content += part.text;
      } else {
        if (open.length > 0) {
          // Outputs in a row answer the last calls, in their order.
          const outputs = parts.slice(index).findIndex(({ type }) => type !== 'tool-output');
          answered = open.slice(-(outputs < 0 ? parts.length - index : outputs));
          close();
        }
        const call = answered.shift()!;
        result.push({ role: 'tool', name: call.function.name, tool_call_id: call.id, content: part.text });
      }
    }
    if (content !== '' || open.length > 0 || parts.at(-1)?.type !== 'tool-output') close();
  }
  return result;
}

const inputs = new WeakMap<object, string>();

/**
 * The input of a call as it was written, where it is a JSON object: its numbers and the order of its keys are
 * not JavaScript's.
 */
export function writtenInput(call: TemplateToolCall): string | undefined {
  return inputs.get(call);
}

function toolCall({ tool, input }: ToolCallPart, index: number): TemplateToolCall {
  const parsed = objectIn(input);
  const call: TemplateToolCall = {
    type: 'function',
    id: String(index).padStart(9, '0'),
    function: { name: tool, arguments: parsed ?? input },
  };
  if (parsed !== undefined) inputs.set(call, input);
  return call;
}

/** What JavaScript makes of a JSON object. */
function objectIn(text: string): JsonValue | undefined {
  const value = /^\s*\{/.test(text) ? parsePythonJson(text) : undefined;
  return value === undefined ? undefined : plain(value);
}

function plain(value: PythonValue): JsonValue {
  if (value instanceof PythonNumber) return Number.isFinite(value.value) ? value.value : null;
  if (value instanceof Map)
    return Object.fromEntries([...(value as PythonObject)].map(([key, item]) => [key, plain(item)]));
  return Array.isArray(value) ? (value as readonly PythonValue[]).map(plain) : (value as JsonValue);
}
