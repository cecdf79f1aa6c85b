/** Training of a model from elsewhere, checked field by field, as parameters of `llm sft` and `llm rl`. */
import { LlmError } from '@llm/core';
import type { TuneRequest } from '@llm/studio/wire';
import { quoted } from '../../terminal/typed-command.js';

const numbers = { lora: [1, 4096], steps: [1, Number.MAX_SAFE_INTEGER] } as const;
const fields = new Set(['task', 'model', 'conversations', 'tasks', 'dryRun', ...Object.keys(numbers)]);

/** Throws `pipeline/job-invalid` naming the field. */
export function parseTuneRequest(value: unknown): TuneRequest {
  if (typeof value !== 'object' || value === null) throw invalid('The body', 'is no object');
  const { task, model, conversations, tasks, dryRun, ...others } = value as Readonly<Record<string, unknown>>;
  if (task !== 'sft' && task !== 'rl') throw invalid('task', 'is neither sft nor rl');
  if (!isWord(model)) throw invalid('model', 'is no path, hf: name or address (a path begins with no "-")');
  if (task === 'sft') {
    if (!Array.isArray(conversations) || conversations.length === 0 || !conversations.every(isWord))
      throw invalid('conversations', 'is no list of paths: it needs something to learn');
    if (tasks !== undefined) throw invalid('tasks', 'belongs to rl');
  } else {
    if (conversations !== undefined) throw invalid('conversations', 'belongs to sft');
    if (tasks !== undefined && !isWord(tasks)) throw invalid('tasks', 'is no name of tasks and no file');
  }
  if (dryRun !== undefined && typeof dryRun !== 'boolean')
    throw invalid('dryRun', 'is neither true nor false');
  for (const [name, given] of Object.entries(others)) {
    if (given === undefined) continue;
    if (!fields.has(name)) throw invalid(name.slice(0, 50), 'is nothing that a training is told');
    const [least, most] = numbers[name as keyof typeof numbers];
    if (!Number.isSafeInteger(given) || Number(given) < least || Number(given) > most)
      throw invalid(name, `is no whole number from ${least} to ${most}`);
  }
  return value as TuneRequest;
}

const isWord = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && !value.startsWith('-') && !value.includes('\0');

function invalid(field: string, what: string): LlmError {
  return new LlmError({ code: 'pipeline/job-invalid', message: `${field} ${what}.`, details: { field } });
}

/** What stands behind `llm`. */
export function tuneParameters({
  task,
  model,
  conversations = [],
  tasks,
  lora,
  steps,
  dryRun = false,
}: TuneRequest): string[] {
  return [
    ...[task, '--model', model],
    ...(conversations.length === 0 ? [] : ['--conversations', ...conversations]),
    ...(tasks === undefined ? [] : ['--tasks', tasks]),
    ...(lora === undefined ? [] : ['--lora', String(lora)]),
    ...(steps === undefined ? [] : ['--steps', String(steps)]),
    ...(dryRun ? ['--dry-run'] : []),
  ];
}

/** As it is typed. */
export const tuneCommand = (request: TuneRequest): string =>
  ['llm', ...tuneParameters(request).map(quoted)].join(' ');
