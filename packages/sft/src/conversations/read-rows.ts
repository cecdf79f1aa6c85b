/**
 * JSON Lines → rows. A line that is of no use is counted and named by its number, or stops the reading: the
 * caller's choice. So is a field that nothing was made of.
 */
import type { RunEventListener } from '@llm/core';
import { checkNumbers, countByReason, describeSkipped, emit, LlmError } from '@llm/core';
import type { ParsedRow, RowProblem } from './parse-row.js';

/**
 * `json`: not JSON; `form`: of no known form; `roles`: not user and assistant in turn; `empty`: a message
 * without content, or no answer; `field`: a field is part of the conversation and cannot be kept;
 * `untrained`: marked to be left out of training; `same`: the answers of a pair do not differ.
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

export interface ReadRowsOptions {
  /** Name of the source in messages, e.g. the file's path. Default `input`. */
  readonly name?: string | undefined;
  /** Throw `sft/line-invalid` at the first broken line instead of counting it. Default false. */
  readonly strict?: boolean | undefined;
  /** Stop after so many rows. Default: all. */
  readonly limit?: number | undefined;
  /** Gets `warning` events `sft/lines-skipped` and `sft/fields-ignored`. */
  readonly onEvent?: RunEventListener | undefined;
  /** Name in events. Default `sft`. */
  readonly stage?: string | undefined;
}

export interface ReadRows<Row> {
  readonly rows: Row[];
  readonly skipped: SkippedLine[];
  readonly skippedByReason: Readonly<Record<string, number>>;
  /** In the order in which they were met. Data about a row (`id`, `source`, `topic`, …) is not counted. */
  readonly ignoredFields: readonly IgnoredField[];
  /** Lines that were not blank. */
  readonly lines: number;
}

/** What a source without a single usable row is told. */
export interface NoRows {
  readonly code: string;
  /** `conversation`, `pair` */
  readonly noun: string;
  /** How a line is written. */
  readonly form: string;
}

/**
 * `parse` reads one line, given what it is called (`chats.jsonl:12`). Throws `sft/line-invalid` (strict),
 * `none.code` when no line was usable, and `core/option-invalid`.
 */
export async function readRows<Row>(
  input: string | Iterable<string> | AsyncIterable<string>,
  parse: (text: string, origin: string) => ParsedRow<Row> | RowProblem,
  none: NoRows,
  options: ReadRowsOptions,
): Promise<ReadRows<Row>> {
  const { name = 'input', onEvent, stage = 'sft' } = options;
  checkNumbers(options, { limit: { minimum: 1, maximum: Number.POSITIVE_INFINITY, integer: true } });
  const rows: Row[] = [];
  const skipped: SkippedLine[] = [];
  const ignored = new Map<string, { rows: number; readonly line: number }>();
  let line = 0;
  let lines = 0;
  for await (const raw of typeof input === 'string' ? input.split('\n') : input) {
    if (rows.length >= (options.limit ?? Number.POSITIVE_INFINITY)) break;
    line++;
    const text = raw.trim();
    if (text === '') continue;
    lines++;
    const result = parse(text, `${name}:${line}`);
    if (!('reason' in result)) {
      rows.push(result.row);
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
  if (rows.length === 0) {
    throw new LlmError({
      code: none.code,
      message:
        skipped.length === 0
          ? `${name} holds no ${none.noun}s; write one JSON object per line, ${none.form}.`
          : `${name} holds no usable ${none.noun} in ${lines} lines: ${describeSkipped(skipped, ({ line: at }) => `line ${at}`)}.`,
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
  return { rows, skipped, skippedByReason: countByReason(skipped), ignoredFields, lines };
}

const describeField = ({ field, rows, line }: IgnoredField): string =>
  `"${field}" in ${rows} ${rows === 1 ? 'row' : 'rows'} (first in line ${line})`;
