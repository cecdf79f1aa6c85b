/** An experiment of `llm lab` that the page asks for, checked, as parameters of the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import type { LessonRequest } from '@llm/studio/wire';
import type { Experiment } from '../../lab/experiment.js';
import { quoted } from '../../terminal/typed-command.js';

const mostSeeds = 100;

/** Throws `pipeline/job-invalid` and `pipeline/experiment-unknown`. */
export function parseLessonRequest(value: unknown, experiments: readonly Experiment[]): LessonRequest {
  if (typeof value !== 'object' || value === null) throw invalid('The body', 'is no object');
  const { name, seeds, ...others } = value as Readonly<Record<string, unknown>>;
  const strange = Object.keys(others)[0];
  if (strange !== undefined) throw invalid(strange.slice(0, 50), 'is nothing that an experiment is told');
  if (typeof name !== 'string') throw invalid('name', 'is no name');
  const experiment = experiments.find((each) => each.name === name);
  if (experiment === undefined)
    throw new LlmError({
      code: 'pipeline/experiment-unknown',
      message: `There is no experiment "${name.slice(0, 100)}"; GET /api/lab says what there is.`,
      details: { name: name.slice(0, 100) },
    });
  if (seeds === undefined) return { name };
  if (experiment.needsRun) throw invalid('seeds', 'changes nothing about what measures the models of a run');
  if (!Number.isSafeInteger(seeds) || Number(seeds) < 1 || Number(seeds) > mostSeeds)
    throw invalid('seeds', `is no whole number from 1 to ${mostSeeds}`);
  return { name, seeds: Number(seeds) };
}

function invalid(field: string, what: string): LlmError {
  return new LlmError({ code: 'pipeline/job-invalid', message: `${field} ${what}.`, details: { field } });
}

export interface PlannedLesson {
  /** Behind `llm`; asked for again they go on. */
  readonly parameters: readonly string[];
  readonly command: string;
}

/** `run`: as it is typed. One that was begun goes on with the seeds it has. */
export function planLesson(
  { name, seeds }: LessonRequest,
  {
    run,
    directory,
    needsRun,
  }: { readonly run: string; readonly directory: string; readonly needsRun: boolean },
): PlannedLesson {
  const parameters = ['lab', name, '--run', run];
  const begun = needsRun || seeds !== undefined ? undefined : begunSeeds(directory, name);
  if (begun !== undefined && begun[0] !== 1) parameters.push('--seed', String(begun[0]));
  const count = seeds ?? begun?.length;
  if (count !== undefined) parameters.push('--seeds', String(count));
  return { parameters, command: ['llm', ...parameters.map(quoted)].join(' ') };
}

/** Undefined where it has not begun, or is done: it is then skipped, whatever the seeds. */
function begunSeeds(directory: string, name: string): readonly number[] | undefined {
  try {
    const { settings } = JSON.parse(readFileSync(join(directory, 'lab', name, 'stage.json'), 'utf8'));
    const seeds: unknown = settings?.seeds;
    const areSeeds = Array.isArray(seeds) && seeds.length > 0 && seeds.every(Number.isSafeInteger);
    return areSeeds ? (seeds as number[]) : undefined;
  } catch {
    return undefined;
  }
}
