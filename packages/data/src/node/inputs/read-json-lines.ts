import { basename } from 'node:path';
import { LlmError } from '@llm/core';
import { drop } from '../../page/verdict.js';
import { readLines } from '../files/read-lines.js';
import { damagedItem, refusedItem } from './damaged-item.js';
import type { InputItem, InputLimits } from './data-input.js';
import { rowPage } from './row-page.js';

/**
 * A page a line: `field` of a JSON object, and its other fields as metadata, as datatrove keeps them (those
 * of an object `metadata` beside them). Reasons: `too-large`, `broken-line`, `no-text`, `empty-body`,
 * `binary`, and of a damaged gzip file `truncated` and `corrupt`. Throws `data/json-array` for a file that is
 * one array.
 */
export async function* readJsonLines(
  path: string,
  field: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const longest = limits.maxPageBytes ?? 16 * 1024 * 1024;
  let [isInside, isFirst] = [false, true];
  for await (const piece of readLines(path, longest, onBytes)) {
    if (piece.kind !== 'line') {
      yield piece.kind === 'damage' ? damagedItem(piece.damage) : refusedItem(piece.message);
      continue;
    }
    const { line, number, ends } = piece;
    const metadata = { line: number };
    const isBlank = line.trim() === '';
    if (isFirst && !isBlank) {
      isFirst = false;
      if (opensArray(line, ends)) throw arrayInsteadOfLines(path, number);
    }
    if (!isInside && ends) {
      const row = isBlank ? undefined : parseObject(line);
      if (row !== undefined) yield { ...rowPage(row, field, metadata, longest), recordType: 'line' };
      else if (!isBlank) yield { ...drop('broken-line', { metadata }), recordType: 'line' };
    } else if (!isInside) yield { ...drop('too-large', { metadata }), recordType: 'line' };
    isInside = !ends;
  }
}

/** An array of objects, in one line or many; a line that is an array of something else is a broken line. */
function opensArray(line: string, ends: boolean): boolean {
  return /^\s*\[\s*(?:\{|$)/.test(ends ? line : line.slice(0, 1000));
}

function arrayInsteadOfLines(path: string, line: number): LlmError {
  return new LlmError({
    code: 'data/json-array',
    message: `${basename(path)}, line ${line}: the file is a JSON array, not JSON lines (one object a line). Convert it, for example with: jq -c '.[]' FILE > FILE.jsonl`,
    details: { path, line },
  });
}

type Row = Readonly<Record<string, unknown>>;

function parseObject(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}
