/**
 * Runs tools in the middle of a generation: when a row closes a tool call, the tool's answer is forced into
 * the row, framed by the renderer, and generation goes on from there. Counts calls and failures per row.
 */
import type { ConversationRenderer, Tool } from '@llm/core';
import { describeValue, isToolName, LlmError } from '@llm/core';
import { failureOf } from '../rollout/within-time.js';

export interface ToolCaller {
  /** For `GenerateOptions.forceTokens`. */
  readonly forceTokens: (row: number, generated: readonly number[]) => ArrayLike<number> | undefined;
  /** [rows] tool calls so far */
  readonly calls: Int32Array;
  /** [rows] calls that named no tool, threw, or answered `error: …` */
  readonly failures: Int32Array;
}

/**
 * `rows`: prompts of the generate call. A call to an unknown tool and a tool that throws are
 * answered `error: …`, so that one bad completion does not end a run. Throws
 * `rl/tool-name-invalid` for a name that no call can name or that two tools share; and out
 * of `generate` `rl/tool-asynchronous` when a tool answers with a promise (generation cannot
 * wait in the middle of a token), `rl/tool-answer-invalid` when the answer is no text.
 */
export function createToolCaller(
  renderer: ConversationRenderer,
  tools: readonly Tool[],
  rows: number,
): ToolCaller {
  const byName = toolsByName(tools);
  const calls = new Int32Array(rows);
  const failures = new Int32Array(rows);
  return {
    calls,
    failures,
    forceTokens: (row, generated) => {
      const call = renderer.openToolCall(generated);
      if (call === undefined) return undefined;
      const answer = callTool(byName, call.tool, call.input);
      calls[row] = calls[row]! + 1;
      if (answer.startsWith('error:')) failures[row] = failures[row]! + 1;
      return renderer.renderToolOutput(answer);
    },
  };
}

/** Throws `rl/tool-name-invalid`. */
export function toolsByName<Named extends { readonly name: string }>(
  tools: readonly Named[],
): ReadonlyMap<string, Named> {
  const byName = new Map<string, Named>();
  for (const tool of tools) {
    if (isToolName(tool.name) && !byName.has(tool.name)) byName.set(tool.name, tool);
    else
      throw new LlmError({
        code: 'rl/tool-name-invalid',
        message: `A tool is named ${describeValue(tool.name)}; a name is a word without spaces, and no two tools share one.`,
        details: { tool: tool.name },
      });
  }
  return byName;
}

function callTool(tools: ReadonlyMap<string, Tool>, name: string, input: string): string {
  const tool = tools.get(name);
  if (tool === undefined) return `error: there is no tool "${name}"`;
  let answer: unknown;
  try {
    answer = tool.call(input);
  } catch (error) {
    return `error: ${failureOf(error)}`;
  }
  if (typeof answer === 'string') return answer;
  if (isThenable(answer)) {
    // The promise is abandoned; its rejection must not surface as unhandled.
    Promise.resolve(answer).catch(() => undefined);
    throw new LlmError({
      code: 'rl/tool-asynchronous',
      message: `Tool "${name}" answered with a promise, but a generation needs the answer at once; make its call() synchronous, or say asynchronous: true beside it.`,
      details: { tool: name },
    });
  }
  throw new LlmError({
    code: 'rl/tool-answer-invalid',
    message: `Tool "${name}" answered ${describeValue(answer)}; call() must return a text.`,
    details: { tool: name, input },
  });
}

function isThenable(answer: unknown): boolean {
  try {
    return typeof answer === 'object' && answer !== null && 'then' in answer;
  } catch {
    // a proxy that lets nobody look
    return false;
  }
}
