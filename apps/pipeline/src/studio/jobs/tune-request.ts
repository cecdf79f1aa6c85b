/** Training of a model from elsewhere, checked field by field, as parameters of `llm sft`, `rl`, `prefer`. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { LlmError } from '@llm/core';
import type { TunePlan, TuneRequest } from '@llm/studio/wire';
import { quoted } from '../../terminal/typed-command.js';
import { preferMethods } from '../../tuning/prefer-methods.js';
import { rewardFolder } from '../../tuning/write-tuned.js';

type Task = TuneRequest['task'];
type Field = Exclude<keyof TuneRequest, 'task'>;

const isWord = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && !value.startsWith('-') && !value.includes('\0');
const arePaths = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isWord);
const isCount =
  (most: number) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;

interface Rule {
  readonly holds: (value: unknown) => boolean;
  /** What it is not. */
  readonly wrong: string;
  /** The tasks that take it; absent: all. */
  readonly of?: readonly Task[];
  /** The task that cannot do without it. */
  readonly neededBy?: readonly Task[];
  readonly flag?: string;
}

/** In the order in which they are typed. */
const rules: Readonly<Record<Field, Rule>> = {
  model: {
    holds: isWord,
    wrong: 'is no path, hf: name or address (a path begins with no "-")',
    neededBy: ['sft', 'rl', 'prefer'],
    flag: '--model',
  },
  conversations: {
    holds: arePaths,
    wrong: 'is no list of paths: it needs something to learn',
    of: ['sft'],
    neededBy: ['sft'],
    flag: '--conversations',
  },
  pairs: {
    holds: arePaths,
    wrong: 'is no list of paths: it needs pairs of answers',
    of: ['prefer'],
    neededBy: ['prefer'],
    flag: '--pairs',
  },
  method: {
    holds: (value) => preferMethods.some((method) => method === value),
    wrong: `is none of ${preferMethods.join(', ')}`,
    of: ['prefer'],
    flag: '--method',
  },
  tasks: { holds: isWord, wrong: 'is no name of tasks and no file', of: ['rl'], flag: '--tasks' },
  rewardModel: { holds: isWord, wrong: 'is no path to a reward model', of: ['rl'], flag: '--reward-model' },
  lora: { holds: isCount(4096), wrong: 'is no whole number from 1 to 4096', flag: '--lora' },
  steps: {
    holds: isCount(Number.MAX_SAFE_INTEGER),
    wrong: 'is no whole number of at least 1',
    flag: '--steps',
  },
  learningRate: {
    holds: (value) => typeof value === 'number' && value > 0 && value <= 1,
    wrong: 'is no number above 0, 1 at most',
    flag: '--learning-rate',
  },
  dryRun: { holds: (value) => typeof value === 'boolean', wrong: 'is neither true nor false' },
};

const tasks = ['sft', 'rl', 'prefer'] as const satisfies readonly Task[];

/** Throws `pipeline/job-invalid`. */
export function parseTuneRequest(value: unknown): TuneRequest {
  if (typeof value !== 'object' || value === null) throw invalid('The body', 'is no object');
  const { task: named, ...given } = value as Readonly<Record<string, unknown>>;
  const task = tasks.find((each) => each === named);
  if (task === undefined) throw invalid('task', `is none of ${tasks.join(', ')}`);
  for (const [name, rule] of Object.entries(rules)) {
    const field = given[name];
    if (field === undefined ? rule.neededBy?.includes(task) === true : !rule.holds(field))
      throw invalid(name, rule.wrong);
    if (field !== undefined && rule.of?.includes(task) === false)
      throw invalid(name, `belongs to ${rule.of.join(' and ')}`);
  }
  const strange = Object.keys(given).find((name) => !(name in rules));
  if (strange !== undefined) throw invalid(strange.slice(0, 50), 'is nothing that a training is told');
  return value as TuneRequest;
}

function invalid(field: string, what: string): LlmError {
  return new LlmError({ code: 'pipeline/job-invalid', message: `${field} ${what}.`, details: { field } });
}

export interface PlannedTuning extends TunePlan {
  /** What stands behind `llm`. */
  readonly parameters: readonly string[];
  /** Where it is kept; undefined for what leaves nothing. */
  readonly directory: string | undefined;
}

/** Each training has a directory of its own, the first that is free: a second does not meet the first. */
export function planTuning(request: TuneRequest): PlannedTuning {
  const out = request.dryRun === true ? undefined : freeDirectory(request);
  const parameters: string[] = [request.task];
  for (const [name, { flag }] of Object.entries(rules)) {
    const value = request[name as Field];
    if (flag === undefined || value === undefined) continue;
    parameters.push(flag, ...(Array.isArray(value) ? value : [String(value)]));
  }
  if (request.dryRun === true) parameters.push('--dry-run');
  if (out !== undefined) parameters.push('--out', out);
  return {
    parameters,
    directory: out,
    command: ['llm', ...parameters.map(quoted)].join(' '),
    leaves: out === undefined ? null : request.method === 'reward' ? `${out}/${rewardFolder}` : out,
  };
}

function freeDirectory({ task, model, method = 'dpo' }: TuneRequest): string {
  const [place = '', stage] = model.split('#');
  const name = [basename(place), stage, task === 'prefer' ? method : task]
    .filter((part) => part !== undefined && part !== '')
    .join('-')
    .replaceAll(/[^\w.-]/g, '_');
  for (let copy = 1; ; copy++) {
    const path = `tuned/${name}${copy === 1 ? '' : `-${copy}`}`;
    if (!existsSync(path)) return path;
  }
}
