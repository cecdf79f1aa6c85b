import type { JsonValue } from '@llm/core';
import { Page } from '../../page/page.js';
import { drop, type Metadata, type Verdict } from '../../page/verdict.js';
import { readLines } from '../files/read-lines.js';
import type { InputItem, InputLimits } from './data-input.js';

/** A page a line: `field` of a JSON object. Reasons: `too-large`, `broken-line`, `no-text`, `empty-body`. */
export async function* readJsonLines(
  path: string,
  field: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const maxCharacters = limits.maxPageBytes ?? 16 * 1024 * 1024;
  for await (const { line, number } of readLines(path, onBytes)) {
    if (line.trim() === '') continue;
    const metadata = { line: number };
    const verdict =
      line.length > maxCharacters ? drop('too-large', { metadata }) : readPage(line, field, metadata);
    yield { ...verdict, recordType: 'line' };
  }
}

function readPage(line: string, field: string, metadata: Metadata): Verdict<{ readonly page: Page }> {
  const row = parseObject(line);
  if (row === undefined) return drop('broken-line', { metadata });
  const content = row[field];
  if (typeof content !== 'string') return drop('no-text', { metadata });
  if (content.trim() === '') return drop('empty-body', { metadata });
  const url = typeof row.url === 'string' && row.url !== '' ? row.url : undefined;
  return { kind: 'keep', page: new Page({ url, content, metadata: { ...metadata, url } }) };
}

function parseObject(line: string): Readonly<Record<string, JsonValue>> | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
