/**
 * Runs tools in the middle of a generation: when a row closes a tool call, the tool's answer is forced into the row,
 * framed by the renderer, and generation goes on from there. Counts calls and failures per row.
 */
import type { ConversationRenderer, Tool } from '@llm/core';
import { LlmError } from '@llm/core';

export interface ToolCaller {
  /** For `GenerateOptions.forceTokens`. */
  readonly forceTokens: (row: number, generated: readonly number[]) => ArrayLike<number> | undefined;
  /** [rows] tool calls so far */
  readonly calls: Int32Array;
  /** [rows] calls that named no tool, threw, or answered `error: …` */
  readonly failures: Int32Array;
}

/**
 * `rows`: prompts of the generate call. A call to an unknown tool and a tool that throws are answered `error: …`, so
 * that one bad completion does not end a run. Throws `rl/tool-asynchronous` (out of `generate`) when a tool answers
 * with a promise: generation cannot wait in the middle of a token.
 */
export function createToolCaller(
  renderer: ConversationRenderer,
  tools: readonly Tool[],
  rows: number,
): ToolCaller {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
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

function callTool(tools: ReadonlyMap<string, Tool>, name: string, input: string): string {
  const tool = tools.get(name);
  if (tool === undefined) return `error: there is no tool "${name}"`;
  let answer: string | Promise<string>;
  try {
    answer = tool.call(input);
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof answer === 'string') return answer;
  // The promise is abandoned; its rejection must not surface as unhandled.
  answer.catch(() => undefined);
  throw new LlmError({
    code: 'rl/tool-asynchronous',
    message: `Tool "${name}" answered with a promise, but rollouts need the answer at once; make its call() synchronous.`,
    details: { tool: name },
  });
}
