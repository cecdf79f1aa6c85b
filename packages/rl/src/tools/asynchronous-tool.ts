/**
 * Tools that take their time: a search on the network, another model. Generation waits between its rounds.
 */
import type { ConversationRenderer, Tool } from '@llm/core';
import { checkNumber, describeValue, LlmError } from '@llm/core';
import { failureOf, type WithinTime } from '../rollout/within-time.js';

export interface AsynchronousTool {
  /** A word: not empty, no space in it. */
  readonly name: string;
  readonly asynchronous: true;
  /** Bad input is an answer (`error: …`); so becomes what it throws, or that it takes too long. */
  call(input: string): Promise<string>;
  /** Default 30. */
  readonly timeoutSeconds?: number | undefined;
}

export type AnyTool = Tool | AsynchronousTool;

export const isAsynchronous = (tool: AnyTool): tool is AsynchronousTool =>
  'asynchronous' in tool && tool.asynchronous === true;

/** Throws `core/option-invalid` for a time that is none: every call would take longer. */
export function checkTimeouts(tools: readonly AnyTool[]): void {
  for (const tool of tools)
    if (isAsynchronous(tool) && tool.timeoutSeconds !== undefined)
      checkNumber(`timeoutSeconds of the tool "${tool.name}"`, tool.timeoutSeconds, { above: 0 });
}

/** The tool's answer, or `error: …`. Rejects with `rl/tool-answer-invalid` for an answer that is no text. */
export async function answerOfTool(
  tools: ReadonlyMap<string, AnyTool>,
  name: string,
  input: string,
  withinTime: WithinTime,
): Promise<string> {
  const tool = tools.get(name);
  if (tool === undefined) return `error: there is no tool "${name}"`;
  const seconds = isAsynchronous(tool) ? (tool.timeoutSeconds ?? 30) : 30;
  let answer: unknown;
  try {
    answer = await withinTime<unknown>(() => tool.call(input), seconds);
  } catch (error) {
    return `error: ${failureOf(error)}`;
  }
  if (typeof answer === 'string') return answer;
  throw new LlmError({
    code: 'rl/tool-answer-invalid',
    message: `Tool "${name}" answered ${describeValue(answer)}; call() must give a text, or the promise of one.`,
    details: { tool: name, input },
  });
}

/**
 * The id that closes a tool call. Throws `rl/tool-asynchronous` for a renderer of which that cannot be said.
 */
export function toolCallEnd(renderer: ConversationRenderer, tool: string): number {
  const messages = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'x' }] }];
  const call = { type: 'tool-call', tool, input: '1' } as const;
  const start = renderer.renderPrompt({ messages }).length;
  const parts = [call, { type: 'tool-output', text: '1' } as const];
  const { ids } = renderer.render({ messages: [...messages, { role: 'assistant', parts }] });
  for (let end = start + 1; end <= ids.length; end++)
    if (renderer.openToolCall(ids.subarray(start, end)) !== undefined) return ids[end - 1]!;
  throw new LlmError({
    code: 'rl/tool-asynchronous',
    message: 'This renderer closes no tool call with a token of its own, so that none can be waited for.',
  });
}
