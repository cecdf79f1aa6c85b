/** Runs the tools of one turn, and the prompt that goes on after them. */
import type { JsonValue } from '@llm/core';
import type { ChatMessage, ToolCall } from '../assistant.js';
import type { ChatFormat } from './chat-format.js';
import { conversationOf } from './conversation-of.js';
import { parseJson } from './json-span.js';
import type { ToolDefinition } from './tool-definitions.js';

/** Whether every call can be answered here. */
export function canRun(calls: readonly ToolCall[], tools: readonly ToolDefinition[]): boolean {
  return (
    tools.every(({ call }) => call !== undefined) ||
    calls.every(({ name }) => tools.find((tool) => tool.name === name)?.call !== undefined)
  );
}

/** An error becomes the output: the model may try otherwise. */
export async function runTool(
  { name, arguments: input }: ToolCall,
  tools: readonly ToolDefinition[],
): Promise<string> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool?.call === undefined) return `Error: there is no tool "${name}".`;
  try {
    const output = await tool.call((parseJson(input) as JsonValue | undefined) ?? input);
    return typeof output === 'string' ? output : (JSON.stringify(output) ?? '');
  } catch (error) {
    return `Error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * `prompt` and what was generated after it stay as they are, so that what the model has read of them need not
 * be read again; what follows is the template's text of the outputs. `history` ends with the outputs.
 */
export function promptAfterTools(
  format: ChatFormat,
  prompt: Int32Array,
  generated: readonly number[],
  history: readonly ChatMessage[],
): Int32Array {
  const whole = format.renderPrompt(conversationOf(history));
  const isContinued = prompt.every((id, index) => whole[index] === id);
  if (!isContinued) return whole;
  if (format.outputsStayInside) {
    const outputs = history.flatMap((message) => (message.role === 'tool' ? [message] : []));
    return Int32Array.from([...prompt, ...generated, ...format.renderToolOutput(outputs.at(-1)!.content)]);
  }
  const end = whole.indexOf(format.stopToken, prompt.length);
  if (end < 0) return whole;
  return Int32Array.from([...prompt, ...generated, ...whole.subarray(end + 1)]);
}
