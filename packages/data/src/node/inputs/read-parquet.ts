import { LlmError } from '@llm/core';
import { openParquet, readRows } from '../parquet/parquet-file.js';
import { openSource } from '../storage/open-storage.js';
import type { InputItem, InputLimits } from './data-input.js';
import { rowPage } from './row-page.js';

/**
 * A page a row of a Parquet file. Reasons: `no-text`, `empty-body`, `too-large`. Throws `data/field-missing`
 * when there is no such column, `data/parquet-damaged`.
 */
export async function* readParquet(
  location: string,
  field: string,
  limits: InputLimits,
  onBytes: (bytes: number) => void,
): AsyncGenerator<InputItem> {
  const file = await openParquet(await openSource(location));
  if (!file.columns.includes(field)) throw missingField(location, field, file.columns);
  const longest = limits.maxPageBytes ?? 16 * 1024 * 1024;
  for await (const { first, rows, bytes } of readRows(file)) {
    for (const [index, row] of rows.entries())
      yield { ...rowPage(row, field, { row: first + index }, longest), recordType: 'row' };
    onBytes(bytes);
  }
  onBytes(file.source.size);
}

export function missingField(location: string, field: string, fields: readonly string[]): LlmError {
  const there = fields.slice(0, 12).map((name) => `"${name}"`);
  return new LlmError({
    code: 'data/field-missing',
    message: `${location} has no column "${field}" to take the text from; it has ${there.join(', ')}. Name the one that holds it.`,
    details: { location, field, fields: [...fields] },
  });
}
