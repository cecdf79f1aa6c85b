/**
 * JSON Lines → answers whose steps somebody judged, as TRL's stepwise supervision has them:
 *   {"prompt", "completions": ["a step", …], "labels": [true, false, null, …]}
 * A prompt is a text or messages; a label of null: the step is there to be read and not judged.
 */
import type { Conversation } from '@llm/core';
import { withSystem } from './parse-conversation-row.js';
import { parseRow, takeId } from './parse-row.js';
import { promptMessages } from './prompt-messages.js';
import { checkMessages } from './read-messages.js';
import { type ReadRows, type ReadRowsOptions, readRows } from './read-rows.js';
import { RowError, type RowFields } from './row-fields.js';

/** What `trainProcessRewards` of `@llm/rl` takes. */
export interface JudgedStepsRow {
  readonly id?: string | undefined;
  /** What the row is called, `steps.jsonl:12`. */
  readonly origin: string;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  readonly steps: readonly { readonly text: string; readonly isCorrect?: boolean | undefined }[];
}

export interface ReadJudgedSteps extends Omit<ReadRows<JudgedStepsRow>, 'rows'> {
  readonly answers: JudgedStepsRow[];
}

/**
 * Takes what `readConversations` takes. Throws `sft/line-invalid` (strict), `sft/no-steps` when no line was
 * usable, and `core/option-invalid`.
 */
export async function readJudgedSteps(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadRowsOptions = {},
): Promise<ReadJudgedSteps> {
  const none = { code: 'sft/no-steps', noun: 'answer', form: '{"prompt", "completions", "labels"}' };
  const parse = (text: string, origin: string) =>
    parseRow(text, (row, reading): JudgedStepsRow => {
      if (!row.has('prompt') || !row.has('completions') || !row.has('labels'))
        throw new RowError(
          'form',
          `expected "prompt", "completions" and "labels"; found ${row.names.join(', ') || 'nothing'}`,
        );
      const messages = withSystem(row, promptMessages(row, 'prompt', reading));
      const steps = readSteps(row);
      checkMessages([
        ...messages,
        { role: 'assistant', parts: [{ type: 'text', text: steps[0]!.text }], index: messages.length },
      ]);
      const prompt = { messages: messages.map(({ role, parts }) => ({ role, parts })) };
      return { id: takeId(row, text), origin, prompt, steps };
    });
  const { rows, ...rest } = await readRows(input, parse, none, options);
  return { answers: rows, ...rest };
}

function readSteps(row: RowFields): JudgedStepsRow['steps'] {
  const [texts, labels] = [row.take('completions'), row.take('labels')];
  if (!Array.isArray(texts) || !Array.isArray(labels) || texts.length !== labels.length || texts.length === 0)
    throw new RowError('form', '"completions" and "labels" must be lists of the same length');
  const steps = texts.map((text: unknown, i) => {
    if (typeof text !== 'string') throw new RowError('form', `completions[${i}] must be a text`);
    if (text.trim() === '') throw new RowError('empty', `completions[${i}] is empty`);
    const label: unknown = labels[i];
    if (typeof label !== 'boolean' && label !== null && label !== 0 && label !== 1)
      throw new RowError('form', `labels[${i}] must be true, false or null`);
    return { text, ...(label !== null && { isCorrect: Boolean(label) }) };
  });
  if (steps.every(({ isCorrect }) => isCorrect === undefined))
    throw new RowError('empty', 'no step is judged: every label is null');
  return steps;
}
