/** Typed access to a row of a data set; a missing or ill-typed field is an error that names row and field. */
import { LlmError } from '@llm/core';

export class RowReader {
  constructor(
    readonly row: unknown,
    /** Where it came from, for errors: `row 7`. */
    readonly place: string,
    readonly task: string,
  ) {
    if (typeof row !== 'object' || row === null) this.fail(`it is ${JSON.stringify(row)}`);
  }

  fail(what: string): never {
    throw new LlmError({
      code: 'model/evaluation-row-invalid',
      message: `${this.place} is not a row of ${this.task}: ${what}. Pass the rows as they are published, as objects.`,
      details: { task: this.task, place: this.place },
    });
  }

  value(field: string): unknown {
    return (this.row as Readonly<Record<string, unknown>>)[field];
  }

  text(field: string): string {
    const value = this.value(field);
    return typeof value === 'string'
      ? value
      : this.fail(`"${field}" is ${JSON.stringify(value)}, not a text`);
  }

  texts(field: string): string[] {
    const value = this.value(field);
    const isText = (text: unknown): text is string => typeof text === 'string';
    if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value;
    return this.fail(`"${field}" is ${JSON.stringify(value)}, not a list of texts`);
  }

  object(field: string): RowReader {
    return new RowReader(this.value(field), `"${field}" of ${this.place}`, this.task);
  }

  /** A whole number below `count`, also when it is written as a text. */
  index(field: string, count: number): number {
    const value = this.value(field);
    const index = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count) return index;
    return this.fail(`"${field}" is ${JSON.stringify(value)}, not a number from 0 to ${count - 1}`);
  }
}
