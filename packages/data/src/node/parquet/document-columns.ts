/**
 * Documents as columns: `text`, `id`, fields of the metadata that have a column of their own, and `metadata`,
 * a JSON object of everything else (datatrove's reader takes such a string for its dictionary). A value that
 * does not fit the type of its column is kept there, too, so that nothing is lost whatever comes.
 */
import { type Document, type JsonValue, LlmError } from '@llm/core';
import type { SchemaElement } from 'hyparquet';

export interface DocumentColumn {
  /** Of a field of the metadata. */
  readonly name: string;
  readonly type: 'string' | 'number' | 'integer' | 'boolean';
}

/** What the pipeline finds out about pages. */
export const defaultColumns: readonly DocumentColumn[] = [
  { name: 'url', type: 'string' },
  { name: 'date', type: 'string' },
  { name: 'title', type: 'string' },
  { name: 'language', type: 'string' },
  { name: 'languageScore', type: 'number' },
  { name: 'license', type: 'string' },
  { name: 'source', type: 'string' },
];

const taken = ['text', 'id', 'metadata'];

/** Throws `core/option-invalid` for names that are taken or come twice. */
export function checkColumns(columns: readonly DocumentColumn[]): void {
  const names = columns.map(({ name }) => name);
  const wrong = names.find(
    (name, index) => name === '' || taken.includes(name) || names.indexOf(name) !== index,
  );
  if (wrong === undefined) return;
  throw new LlmError({
    code: 'core/option-invalid',
    message: `columns has "${wrong}": a column needs a name of its own, other than ${taken.join(', ')}.`,
    details: { option: 'columns', name: wrong },
  });
}

export function schemaOf(columns: readonly DocumentColumn[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.length + 3 },
    text('text', 'REQUIRED'),
    text('id', 'REQUIRED'),
    ...columns.map(({ name, type }): SchemaElement => {
      if (type === 'string') return text(name, 'OPTIONAL');
      const stored = type === 'number' ? 'DOUBLE' : type === 'integer' ? 'INT64' : 'BOOLEAN';
      return { name, type: stored, repetition_type: 'OPTIONAL' };
    }),
    text('metadata', 'OPTIONAL'),
  ];
}

const text = (name: string, repetition_type: 'REQUIRED' | 'OPTIONAL'): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
  repetition_type,
});

/** The values of documents by column, in the order of the schema. */
export function columnsOf(
  documents: readonly Document[],
  columns: readonly DocumentColumn[],
): { readonly name: string; readonly data: unknown[] }[] {
  const own = new Set(columns.map(({ name }) => name));
  return [
    { name: 'text', data: documents.map((document) => document.text) },
    { name: 'id', data: documents.map(({ id }) => id) },
    ...columns.map((column) => ({
      name: column.name,
      data: documents.map(({ metadata }) => typedValue(metadata[column.name], column)),
    })),
    {
      name: 'metadata',
      data: documents.map(({ metadata }) => {
        const rest = Object.entries(metadata).filter(
          ([name, value]) =>
            value !== null &&
            value !== undefined &&
            !(
              own.has(name) &&
              typedValue(value, columns.find((column) => column.name === name)!) !== undefined
            ),
        );
        return rest.length === 0 ? undefined : JSON.stringify(Object.fromEntries(rest));
      }),
    },
  ];
}

/** Undefined where there is none of that type. */
function typedValue(value: JsonValue | undefined, { type }: DocumentColumn): unknown {
  if (type === 'integer') return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  return typeof value === type ? value : undefined;
}
