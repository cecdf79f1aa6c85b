/** One line of JSON → what a form makes of it, or why it is of no use. */
import { jsonSource } from './json-source.js';
import { RowError, RowFields, type RowReading, type RowReason } from './row-fields.js';

export interface RowProblem {
  readonly reason: RowReason | 'json';
  readonly message: string;
}

export interface ParsedRow<Row> {
  readonly row: Row;
  /** Fields that hold something and were not used: `tools`, `messages[].name`. */
  readonly ignoredFields: readonly string[];
}

/** `read` takes what it understands of the fields; the others are noted. */
export function parseRow<Row>(
  text: string,
  read: (fields: RowFields, reading: RowReading) => Row,
): ParsedRow<Row> | RowProblem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { reason: 'json', message: `not JSON (${(error as Error).message})` };
  }
  const ignored = new Set<string>();
  const reading: RowReading = {
    text,
    ignore: (place, fields) => {
      for (const name of fields.ignored()) ignored.add(place === '' ? name : `${place}.${name}`);
    },
  };
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new RowError('form', 'a row must be a JSON object');
    const fields = new RowFields(value);
    const row = read(fields, reading);
    reading.ignore('', fields);
    return { row, ignoredFields: [...ignored] };
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { reason: error.reason, message: error.message };
  }
}

/** The `id` of a row: a number stays the text it is. */
export function takeId(fields: RowFields, text: string): string | undefined {
  const id = fields.take('id');
  return typeof id === 'string' ? id : typeof id === 'number' ? jsonSource(text, ['id']) : undefined;
}
