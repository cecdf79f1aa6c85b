/** What the page asks for, checked field by field, as flags of `llm run`. */
import { LlmError } from '@llm/core';
import type { RunRequest } from '@llm/studio/wire';
import type { RunFlags } from '../../flags.js';
import { presetNames } from '../../options.js';
import { quoted } from '../../terminal/typed-command.js';

const numbers = {
  seed: ['--seed', 0, Number.MAX_SAFE_INTEGER],
  threads: ['--threads', 1, 256],
  size: ['--size', 1, 1_000_000],
  vocabulary: ['--vocabulary', 300, 1_000_000],
  depth: ['--depth', 1, 100],
  context: ['--context', 64, 65_536],
  pretrainSteps: ['--pretrain-steps', 1, Number.MAX_SAFE_INTEGER],
  sftSteps: ['--sft-steps', 1, Number.MAX_SAFE_INTEGER],
  rlSteps: ['--rl-steps', 1, Number.MAX_SAFE_INTEGER],
} as const;
const paths = { warc: '--warc', text: '--text', jsonl: '--jsonl', conversations: '--conversations' } as const;
const droppedText = 2000;

/** Throws `pipeline/job-invalid` naming the field. */
export function parseRunRequest(value: unknown): RunRequest {
  if (typeof value !== 'object' || value === null) throw invalid('The body', 'is no object');
  const { preset, record, ...others } = value as Readonly<Record<string, unknown>>;
  if (!(presetNames as readonly unknown[]).includes(preset))
    throw invalid('preset', `is none of ${presetNames.join(', ')}`);
  if (record !== undefined && typeof record !== 'boolean')
    throw invalid('record', 'is neither true nor false');
  for (const [name, given] of Object.entries(others)) {
    if (given === undefined) continue;
    if (name in numbers) {
      const [, least, most] = numbers[name as keyof typeof numbers];
      if (!Number.isSafeInteger(given) || Number(given) < least || Number(given) > most)
        throw invalid(
          name,
          `is no whole number of at least ${least}${most < 1e9 ? ` and at most ${most}` : ''}`,
        );
    } else if (name in paths) {
      const isPath = (path: unknown): boolean =>
        typeof path === 'string' && path.trim() !== '' && !path.startsWith('-') && !path.includes('\0');
      if (!Array.isArray(given) || given.length === 0 || !given.every(isPath))
        throw invalid(name, 'is no list of paths (a path does not begin with "-": write ./-name)');
    } else throw invalid(name.slice(0, 50), 'is nothing that a run is made of');
  }
  return value as RunRequest;
}

function invalid(field: string, what: string): LlmError {
  return new LlmError({ code: 'pipeline/job-invalid', message: `${field} ${what}.`, details: { field } });
}

export function flagsOf({ record, ...request }: RunRequest): RunFlags {
  return { ...request, ...(record === true ? { measureAll: true, droppedText } : {}) };
}

/** What stands behind `llm run`. */
export function parametersOf(request: RunRequest): string[] {
  const parameters = ['--preset', request.preset];
  for (const [name, [flag]] of Object.entries(numbers)) {
    const value = request[name as keyof typeof numbers];
    if (value !== undefined) parameters.push(flag, String(value));
  }
  for (const [name, flag] of Object.entries(paths)) {
    const given = request[name as keyof typeof paths];
    if (given !== undefined) parameters.push(flag, ...given);
  }
  if (request.record === true) parameters.push('--measure-all', '--dropped-text', String(droppedText));
  return parameters;
}

/** As it is typed. */
export const commandOf = (request: RunRequest): string =>
  ['llm run', ...parametersOf(request).map(quoted)].join(' ');
