/** A field that is a text, one message or a list of messages, as rows of TRL and OpenAI have it. */
import type { Part } from '@llm/core';
import { type ReadMessage, readMessages } from './read-messages.js';
import { RowError, type RowFields, type RowReading } from './row-fields.js';
import { fromShareGpt } from './share-gpt.js';

/** A text is said by `speaker`. */
export function promptMessages(
  row: RowFields,
  name: string,
  reading: RowReading,
  speaker: 'user' | 'assistant' = 'user',
): ReadMessage[] {
  const value = row.take(name);
  if (typeof value === 'string') return [{ role: speaker, parts: textParts(value), index: 0 }];
  if (Array.isArray(value)) return readMessages(fromShareGpt(value), reading, (index) => [name, index]);
  if (typeof value !== 'object' || value === null)
    throw new RowError('form', `"${name}" must be a text, a message or a list of messages`);
  return readMessages(fromShareGpt([value]), reading, () => [name]);
}

export const textParts = (text: string): Part[] => (text === '' ? [] : [{ type: 'text', text }]);
