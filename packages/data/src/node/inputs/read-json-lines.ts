import type { JsonValue } from '@llm/core';
import { Page } from '../../page/page.js';
import { drop, type Metadata, type Verdict } from '../../page/verdict.js';
import { readLines } from '../files/read-lines.js';
import { damagedItem } from './damaged-item.js';
import type { InputItem, InputLimits } from './data-input.js';

/**
 * A page a line: `field` of a JSON object. Reasons: `too-large`, `broken-line`, `no-text`, `empty-body`, and
 * of a damaged gzip file `truncated` and `corrupt`.
 */
export async function* readJsonLines(
  path: string,
  field: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const longest = limits.maxPageBytes ?? 16 * 1024 * 1024;
  let isInside = false;
  for await (const piece of readLines(path, longest, onBytes)) {
    if (piece.kind === 'damage') {
      yield damagedItem(piece.damage);
      continue;
    }
    const { line, number, ends } = piece;
    const metadata = { line: number };
    if (!isInside && ends) {
      if (line.trim() !== '') yield { ...readPage(line, field, metadata), recordType: 'line' };
    } else if (!isInside) yield { ...drop('too-large', { metadata }), recordType: 'line' };
    isInside = !ends;
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
