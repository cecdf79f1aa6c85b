/**
 * ShareGPT's rows, `{"conversations": [{"from", "value"}]}`, as messages of
 * OpenAI's form; calls are written as LLaMA-Factory does: `function_call`
 * holds JSON of name and arguments, `observation` what the tool answered.
 */
import { describeValue } from '@llm/core';
import { jsonSource } from './json-source.js';
import { RowError } from './row-fields.js';

const roles: Readonly<Record<string, string>> = {
  system: 'system',
  human: 'user',
  user: 'user',
  prompter: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  model: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  function_call: 'assistant',
  tool_call: 'assistant',
  observation: 'tool',
  function_response: 'tool',
  tool_response: 'tool',
  tool: 'tool',
};

/** Messages that have roles stay what they are. Throws `RowError`. */
export function fromShareGpt(list: readonly unknown[]): unknown[] {
  return list.map((turn, index) => {
    if (typeof turn !== 'object' || turn === null || !('from' in turn)) return turn;
    const { from, value, ...rest } = turn as Record<string, unknown>;
    const role = typeof from === 'string' ? roles[from.toLowerCase()] : undefined;
    if (role === undefined)
      throw new RowError(
        'roles',
        `message ${index} is from ${describeValue(from)}; known are ${Object.keys(roles).join(', ')}`,
      );
    if (from !== 'function_call' && from !== 'tool_call') return { ...rest, role, content: value };
    return { ...rest, role, tool_calls: calls(value, index) };
  });
}

/** `{"name", "arguments"}`, or several in a list, as JSON text; the arguments stay the text they are. */
function calls(value: unknown, index: number): unknown[] {
  const fail = (): never => {
    throw new RowError(
      'form',
      `message ${index} is a call and must hold JSON, {"name": …, "arguments": …}; it holds ${describeValue(value)}`,
    );
  };
  if (typeof value !== 'string') return fail();
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return fail();
  }
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((call, at) => {
    if (typeof call !== 'object' || call === null || !('name' in call)) return fail();
    if (!('arguments' in call) || typeof call.arguments === 'string') return call;
    return { ...call, arguments: jsonSource(value, [...(Array.isArray(parsed) ? [at] : []), 'arguments']) };
  });
}
