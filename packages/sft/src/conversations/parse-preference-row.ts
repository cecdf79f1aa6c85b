/**
 * One line of JSON → two answers to the same prompt. Accepted forms:
 *   {"prompt", "chosen", "rejected"}           TRL: texts or messages; the answers may repeat the prompt
 *   {"chosen", "rejected"}                     TRL's implicit prompt: what two lists of messages begin with; or texts
 *                                              of "\n\nHuman: …\n\nAssistant: …" turns, as Anthropic's HH-RLHF
 *   {"question", "chosen", "rejected"}         also "instruction" (and "input"); an optional "system"
 *   {"conversations", "chosen", "rejected"}    ShareGPT's, as LLaMA-Factory writes it
 *   {"input": {"messages"}, "preferred_output", "non_preferred_output"}   OpenAI
 */
import type { Conversation, Part } from '@llm/core';
import { readList, withSystem } from './parse-conversation-row.js';
import { type ParsedRow, parseRow, type RowProblem, takeId } from './parse-row.js';
import { promptMessages, textParts } from './prompt-messages.js';
import { checkMessages, type ReadMessage, readMessages } from './read-messages.js';
import { RowError, RowFields, type RowReading } from './row-fields.js';

/** What `trainPreferences` of `@llm/rl` takes. */
export interface PreferenceRow {
  readonly id?: string | undefined;
  /** What the row is called, `pairs.jsonl:12`. */
  readonly origin: string;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  readonly chosen: readonly Part[];
  readonly rejected: readonly Part[];
}

interface Answers {
  readonly prompt: readonly ReadMessage[];
  readonly chosen: readonly ReadMessage[];
  readonly rejected: readonly ReadMessage[];
}

/** `text`: the line. `origin`: what it is called, `pairs.jsonl:12`. */
export function parsePreferenceRow(text: string, origin: string): ParsedRow<PreferenceRow> | RowProblem {
  return parseRow(text, (row, reading) => {
    const { prompt, chosen, rejected } = apart(readForm(row, reading));
    const messages = withSystem(row, prompt);
    const id = takeId(row, text);
    for (const [name, answer] of Object.entries({ chosen, rejected })) {
      if (answer.length !== 1 || answer[0]!.role !== 'assistant')
        throw new RowError(
          'roles',
          `the ${name} answer must be one message of the assistant's after the prompt`,
        );
      checkMessages([...messages, answer[0]!]);
    }
    if (isSame(chosen, rejected))
      throw new RowError('same', 'the chosen and the rejected answer are the same');
    return {
      id,
      origin,
      prompt: { messages: messages.map(({ role, parts }) => ({ role, parts })) },
      chosen: chosen[0]!.parts,
      rejected: rejected[0]!.parts,
    };
  });
}

function readForm(row: RowFields, reading: RowReading): Answers {
  if (row.has('preferred_output')) {
    const input = row.take('input');
    const fields = new RowFields(typeof input === 'object' && input !== null ? input : {}, 'input');
    const list = fields.take('messages');
    if (!Array.isArray(list)) throw new RowError('form', '"input.messages" must be a list');
    const prompt = readMessages(list, reading, (index) => ['input', 'messages', index]);
    reading.ignore('input', fields);
    return {
      prompt,
      chosen: promptMessages(row, 'preferred_output', reading, 'assistant'),
      rejected: promptMessages(row, 'non_preferred_output', reading, 'assistant'),
    };
  }
  if (!row.has('chosen') || !row.has('rejected'))
    throw new RowError(
      'form',
      `expected "chosen" and "rejected", or "preferred_output" and "non_preferred_output"; found ${row.names.join(', ') || 'nothing'}`,
    );
  const prompt = readPrompt(row, reading);
  const answer = (name: string): ReadMessage[] =>
    prompt.length === 0 ? dialogue(row, name, reading) : promptMessages(row, name, reading, 'assistant');
  return { prompt, chosen: answer('chosen'), rejected: answer('rejected') };
}

function readPrompt(row: RowFields, reading: RowReading): ReadMessage[] {
  if (row.has('conversations')) return readList(row, 'conversations', reading);
  for (const name of ['prompt', 'question']) if (row.has(name)) return promptMessages(row, name, reading);
  if (!row.has('instruction')) return [];
  const texts = [row.requireText('instruction'), row.takeText('input') ?? ''];
  return [{ role: 'user', parts: textParts(texts.filter((text) => text !== '').join('\n\n')), index: 0 }];
}

/** A whole conversation: messages, or a text of turns. */
function dialogue(row: RowFields, name: string, reading: RowReading): ReadMessage[] {
  if (typeof row.take(name) !== 'string') return promptMessages(row, name, reading, 'assistant');
  const turns = row.requireText(name).split(/(?:^|\n\n)(Human|Assistant): ?/);
  if (turns.length < 5 || turns[0] !== '')
    throw new RowError(
      'form',
      `without a prompt "${name}" must be messages, or a text of "\\n\\nHuman: …\\n\\nAssistant: …" turns`,
    );
  const messages: ReadMessage[] = [];
  for (let at = 1; at < turns.length; at += 2)
    messages.push({
      role: turns[at] === 'Human' ? 'user' : 'assistant',
      parts: textParts(turns[at + 1]!.trim()),
      index: messages.length,
    });
  return messages;
}

/** What both answers begin with is the prompt, or repeats it. */
function apart({ prompt, chosen, rejected }: Answers): Answers {
  let shared = 0;
  while (
    shared < Math.min(chosen.length, rejected.length) - 1 &&
    isSame([chosen[shared]!], [rejected[shared]!])
  )
    shared++;
  if (shared === 0) return { prompt, chosen, rejected };
  const repeated = chosen.slice(0, shared);
  if (prompt.length > 0 && !isSame(prompt, repeated.slice(-prompt.length)))
    throw new RowError('roles', 'the answers begin with other messages than the prompt');
  return { prompt: repeated, chosen: chosen.slice(shared), rejected: rejected.slice(shared) };
}

const isSame = (first: readonly ReadMessage[], second: readonly ReadMessage[]): boolean =>
  JSON.stringify(first.map(({ role, parts }) => [role, parts])) ===
  JSON.stringify(second.map(({ role, parts }) => [role, parts]));
