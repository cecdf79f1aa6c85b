import { basename } from 'node:path';
import { type JsonValue, LlmError } from '@llm/core';
import { cleanText } from '../../page/clean-text.js';
import { Page } from '../../page/page.js';
import { drop, type Metadata, type Verdict } from '../../page/verdict.js';
import { readLines } from '../files/read-lines.js';
import { damagedItem, refusedItem } from './damaged-item.js';
import type { InputItem, InputLimits } from './data-input.js';

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
      if (!isBlank) yield { ...readPage(line, field, metadata), recordType: 'line' };
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

function readPage(line: string, field: string, metadata: Metadata): Verdict<{ readonly page: Page }> {
  const row = parseObject(line);
  if (row === undefined) return drop('broken-line', { metadata });
  const { [field]: text, metadata: nested, ...others } = row;
  const own: Row = isObject(nested) ? { ...nested, ...others } : { ...others, metadata: nested };
  const kept: Row = { ...metadata, ...own };
  if (typeof text !== 'string') return drop('no-text', { metadata: kept });
  const content = cleanText(text);
  if (content.trim() === '') return drop('empty-body', { metadata: kept });
  const url = typeof kept.url === 'string' && kept.url !== '' ? kept.url : undefined;
  return { kind: 'keep', page: new Page({ url, content, metadata: { ...kept, url } }) };
}

type Row = Readonly<Record<string, JsonValue | undefined>>;

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
