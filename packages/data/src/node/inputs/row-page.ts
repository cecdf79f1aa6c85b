/**
 * A row of a table, or an object of a JSON line, → a page: one field is the text, the rest goes with it. A
 * `metadata` that is an object, or a string that holds one (as datatrove reads it), is spread.
 */
import type { JsonValue } from '@llm/core';
import { cleanText } from '../../page/clean-text.js';
import { Page } from '../../page/page.js';
import { drop, type Metadata, type Verdict } from '../../page/verdict.js';

/** Reasons: `no-text`, `empty-body`, `too-large`. */
export function rowPage(
  row: Readonly<Record<string, unknown>>,
  field: string,
  place: Metadata,
  maxPageBytes: number,
): Verdict<{ readonly page: Page }> {
  const given = row[field];
  // Some writers do not say that their bytes are text.
  const text = given instanceof Uint8Array ? new TextDecoder().decode(given) : given;
  const metadata = { ...place, id: jsonOf(row.id) };
  if (typeof text !== 'string') return drop('no-text', { metadata });
  // JSON and tables may hold what no text file does: NUL and its like.
  const content = cleanText(text);
  if (content.trim() === '') return drop('empty-body', { metadata });
  if (content.length > maxPageBytes) return drop('too-large', { metadata });
  const { url, ...fields } = fieldsOf(row, field, place);
  return { kind: 'keep', page: new Page({ url: stringOf(url), content, metadata: { ...fields, url } }) };
}

function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What goes with the text. */
function fieldsOf(
  row: Readonly<Record<string, unknown>>,
  field: string,
  place: Metadata,
): Record<string, JsonValue | undefined> {
  const metadata: Record<string, JsonValue | undefined> = {};
  for (const [name, value] of Object.entries(row)) {
    if (name === field) continue;
    const nested = name === 'metadata' ? objectOf(value) : undefined;
    if (nested === undefined) metadata[name] = jsonOf(value);
    else for (const [inner, found] of Object.entries(nested)) metadata[inner] ??= jsonOf(found);
  }
  return Object.assign(metadata, place);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value === 'string' && value.startsWith('{')) {
    try {
      return objectOf(JSON.parse(value));
    } catch {
      return undefined;
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (value instanceof Date || ArrayBuffer.isView(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** Undefined for what JSON has no place for: nulls, bytes. Large integers become strings. */
function jsonOf(value: unknown): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null || (ArrayBuffer.isView(value) && !isNumbers(value))) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value) || isNumbers(value))
    return Array.from(value as ArrayLike<unknown>, (item) => jsonOf(item) ?? null);
  const fields = Object.entries(value as object).map(([name, item]) => [name, jsonOf(item)] as const);
  return Object.fromEntries(fields.filter(([, item]) => item !== undefined)) as JsonValue;
}

const isNumbers = (value: unknown): boolean =>
  ArrayBuffer.isView(value) && !(value instanceof Uint8Array) && !(value instanceof DataView);
