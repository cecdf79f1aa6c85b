/** What restricts the tokens of a row: a JSON schema, or a tool that must be called. */
import type { AnswerOptions, ChatOptions } from '../assistant.js';
import type { RowSource } from './answer-row.js';
import type { ChatFormat } from './chat-format.js';
import type { ToolDefinition } from './tool-definitions.js';

export interface Constraint {
  readonly isComplete: () => boolean;
}

export function constraintOf(
  _source: RowSource,
  _format: ChatFormat | undefined,
  _tools: readonly ToolDefinition[],
  _options: AnswerOptions &
    Pick<ChatOptions, 'toolChoice'> & { stopTokens: readonly number[]; isFirst: boolean },
): Constraint | undefined {
  return undefined;
}
