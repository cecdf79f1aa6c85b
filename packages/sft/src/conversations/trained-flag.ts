/**
 * Marks on messages that say whether to learn them: OpenAI's `weight`, Axolotl's `train`, ms-swift's `loss`.
 */
import { describeValue } from '@llm/core';
import { RowError, type RowFields } from './row-fields.js';

const ofMessages = ['weight', 'train', 'training', 'trainable', 'loss'];
const ofRows = ['weight', 'train'];

/**
 * True or false as marked, undefined where nothing is. Throws
 * `RowError` for a mark between, and for two that differ.
 */
function readMark(fields: RowFields, names: readonly string[]): boolean | undefined {
  let marked: boolean | undefined;
  for (const name of names) {
    const value = fields.take(name);
    if (value === undefined) continue;
    if (value !== 0 && value !== 1 && typeof value !== 'boolean')
      throw new RowError(
        'field',
        `${fields.place}"${name}" is ${describeValue(value)}; only 0 and 1, false and true are understood`,
      );
    if (marked !== undefined && marked !== Boolean(value))
      throw new RowError('field', `${fields.place}"${name}" contradicts another mark of the same message`);
    marked = Boolean(value);
  }
  return marked;
}

/** Undefined where nothing is marked. Only the assistant's messages can be trained on. */
export function readTrained(fields: RowFields, role: unknown): boolean | undefined {
  const trained = readMark(fields, ofMessages);
  if (trained && role !== 'assistant')
    throw new RowError(
      'field',
      `${fields.place}marked to be trained on, but only the assistant's messages can be`,
    );
  return trained;
}

/** Throws `RowError` `untrained` for a row that is marked as a whole. */
export function checkRowIsTrained(fields: RowFields): void {
  if (readMark(fields, ofRows) === false)
    throw new RowError('untrained', 'the row is marked to be left out of training');
}
