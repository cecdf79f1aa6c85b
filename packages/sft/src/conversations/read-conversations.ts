/**
 * JSON Lines → conversations. A line that is none is counted and named by its number, or stops the reading:
 * the caller's choice. So is a field that nothing was made of.
 */
import type { Conversation, RunEventListener } from '@llm/core';
import { checkNumbers, countByReason, describeSkipped, emit, LlmError } from '@llm/core';
import { parseConversationRow, type RowProblem } from './parse-conversation-row.js';

/**
 * `json`: not JSON; `form`: of no known form; `roles`: not user and assistant in turn; `empty`: a message
 * without content, or no answer; `field`: a field is part of the conversation and cannot be kept;
 * `untrained`: marked to be left out of training.
 */
export interface SkippedLine extends RowProblem {
  /** 1-based. */
  readonly line: number;
}

/** A field that held something in some rows and was not used. */
export interface IgnoredField {
  /** `tools`, `messages[].name` */
  readonly field: string;
  readonly rows: number;
  /** The first line, 1-based. */
  readonly line: number;
}

export interface ReadConversationsOptions {
  /** Name of the source in messages, e.g. the file's path. Default `input`. */
  readonly name?: string | undefined;
  /** Throw `sft/line-invalid` at the first broken line instead of counting it. Default false. */
  readonly strict?: boolean | undefined;
  /** Stop after so many conversations. Default: all. */
  readonly limit?: number | undefined;
  /** Gets `warning` events `sft/lines-skipped` and `sft/fields-ignored`. */
  readonly onEvent?: RunEventListener | undefined;
  /** Name in events. Default `sft`. */
  readonly stage?: string | undefined;
}

export interface ReadConversations {
  readonly conversations: Conversation[];
  readonly skipped: SkippedLine[];
  readonly skippedByReason: Readonly<Record<string, number>>;
  /**
   * In the order in which they were met. Data about a
   * conversation (`id`, `source`, `topic`, …) is not counted.
   */
  readonly ignoredFields: readonly IgnoredField[];
  /** Lines that were not blank. */
  readonly lines: number;
}

/**
 * Takes a whole text or a sequence of lines (`readline` over a file). Blank lines do not count. Each
 * conversation's `origin` is the name and the line. Throws `sft/line-invalid` (strict),
 * `sft/no-conversations` when no line was usable, and `core/option-invalid`.
 */
export async function readConversations(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadConversationsOptions = {},
): Promise<ReadConversations> {
  const { name = 'input', onEvent, stage = 'sft' } = options;
  checkNumbers(options, { limit: { minimum: 1, maximum: Number.POSITIVE_INFINITY, integer: true } });
  const conversations: Conversation[] = [];
  const skipped: SkippedLine[] = [];
  const ignored = new Map<string, { rows: number; readonly line: number }>();
  let line = 0;
  let lines = 0;
  for await (const raw of typeof input === 'string' ? input.split('\n') : input) {
    if (conversations.length >= (options.limit ?? Number.POSITIVE_INFINITY)) break;
    line++;
    const text = raw.trim();
    if (text === '') continue;
    lines++;
    const result = parseConversationRow(text, `${name}:${line}`);
    if (!('reason' in result)) {
      conversations.push(result.conversation);
      for (const field of result.ignoredFields) {
        const known = ignored.get(field);
        if (known === undefined) ignored.set(field, { rows: 1, line });
        else known.rows++;
      }
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
    throw new LlmError({
      code: 'sft/no-conversations',
      message:
        skipped.length === 0
          ? `${name} holds no conversations; write one JSON object per line, {"messages": [{"role", "content"}]}.`
          : `${name} holds no usable conversation in ${lines} lines: ${describeSkipped(skipped, ({ line: at }) => `line ${at}`)}.`,
      details: { name, lines, skipped: countByReason(skipped) },
    });
  }
  const ignoredFields = [...ignored].map(([field, { rows, line: first }]) => ({ field, rows, line: first }));
  if (skipped.length > 0)
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'sft/lines-skipped',
      message: `${skipped.length} of ${lines} lines of ${name} left out: ${describeSkipped(skipped, ({ line: at }) => `${name}:${at}`)}.`,
    });
  if (ignoredFields.length > 0)
    emit(onEvent, {
      type: 'warning',
      stage,
      code: 'sft/fields-ignored',
      message: `Fields of ${name} that were not used: ${ignoredFields.map(describeField).join(', ')}.`,
    });
  return { conversations, skipped, skippedByReason: countByReason(skipped), ignoredFields, lines };
}

const describeField = ({ field, rows, line }: IgnoredField): string =>
  `"${field}" in ${rows} ${rows === 1 ? 'row' : 'rows'} (first in line ${line})`;
