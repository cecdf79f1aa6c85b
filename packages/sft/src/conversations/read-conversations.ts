/** JSON Lines → conversations. A broken line is counted and named by its number, or stops the reading: the caller's choice. */
import type { Conversation } from '@llm/core';
import { LlmError } from '@llm/core';
import { parseConversationRow } from './parse-conversation-row.js';

export interface SkippedLine {
  /** 1-based. */
  readonly line: number;
  readonly reason: 'json' | 'form' | 'roles' | 'empty';
  readonly message: string;
}

export interface ReadConversationsOptions {
  /** Name of the source in messages, e.g. the file's path. Default `input`. */
  readonly name?: string | undefined;
  /** Throw `sft/line-invalid` at the first broken line instead of counting it. Default false. */
  readonly strict?: boolean | undefined;
  /** Stop after so many conversations. Default: all. */
  readonly limit?: number | undefined;
}

export interface ReadConversations {
  readonly conversations: Conversation[];
  readonly skipped: SkippedLine[];
  /** Lines that were not blank. */
  readonly lines: number;
}

/**
 * Takes a whole text or a sequence of lines (`readline` over a file). Blank lines do not count.
 * Throws `sft/line-invalid` (strict), and `sft/no-conversations` when there were lines and none was usable.
 */
export async function readConversations(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadConversationsOptions = {},
): Promise<ReadConversations> {
  const name = options.name ?? 'input';
  const conversations: Conversation[] = [];
  const skipped: SkippedLine[] = [];
  let line = 0;
  let lines = 0;
  for await (const raw of typeof input === 'string' ? input.split('\n') : input) {
    if (conversations.length >= (options.limit ?? Number.POSITIVE_INFINITY)) break;
    line++;
    const text = raw.trim();
    if (text === '') continue;
    lines++;
    const result = parseLine(text);
    if (!('reason' in result)) {
      conversations.push(result);
      continue;
    }
    if (options.strict) {
      throw new LlmError({
        code: 'sft/line-invalid',
        message: `${name}:${line}: ${result.message}. Fix or remove the line.`,
        details: { name, line, reason: result.reason },
      });
    }
    skipped.push({ line, ...result });
  }
  if (conversations.length === 0) {
    const first = skipped[0];
    throw new LlmError({
      code: 'sft/no-conversations',
      message:
        first === undefined
          ? `${name} holds no conversations; write one JSON object per line, {"messages": [{"role", "content"}]}.`
          : `${name} holds no usable conversation in ${lines} lines; the first, line ${first.line}: ${first.message}.`,
      details: { name, lines },
    });
  }
  return { conversations, skipped, lines };
}

function parseLine(text: string): Conversation | Omit<SkippedLine, 'line'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { reason: 'json', message: `not JSON (${(error as Error).message})` };
  }
  return parseConversationRow(value);
}
