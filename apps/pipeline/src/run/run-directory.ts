/** Where a run lives: `runs/<time>` by default, with `runs/latest` pointing to the newest. */
import { existsSync, mkdirSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { describeSystemError } from '../system-error.js';

export const runsDirectory = 'runs';
const latest = join(runsDirectory, 'latest');

/** `runs/2026-01-31T12-00-59`, in local time. */
export function newRunDirectory(now = new Date()): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const base = join(runsDirectory, local.toISOString().slice(0, 19).replaceAll(':', '-'));
  for (let copy = 1; ; copy++) {
    const path = copy === 1 ? base : `${base}-${copy}`;
    if (!existsSync(path)) return path;
  }
}

/** Creates the directory, or throws `pipeline/run-directory-unwritable`. Returns its real path, short if it can be. */
export function openRunDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    const real = realpathSync(path);
    const short = relative('.', real);
    return short === '' || short.startsWith('..') ? real : short;
  } catch (cause) {
    throw new LlmError({
      code: 'pipeline/run-directory-unwritable',
      message: `Cannot use ${path} as the run directory: ${describeSystemError(cause) ?? String(cause)} Choose another with --run DIR.`,
      details: { path },
      cause,
    });
  }
}

/** The directory of a finished or started run. Throws `pipeline/run-missing`. */
export function existingRunDirectory(path: string | undefined): string {
  const wanted = path ?? latest;
  if (existsSync(join(wanted, 'config.json'))) return openRunDirectory(wanted);
  throw new LlmError({
    code: 'pipeline/run-missing',
    message:
      path === undefined
        ? `There is no run yet (${latest} does not exist here). Start one with: llm run`
        : `${path} is not a run directory: it has no config.json. Start a run there with: llm run --run ${path}`,
    details: { path: wanted },
  });
}

/** Points `runs/latest` at a run. Where it cannot be written nothing is lost, so that is no error. */
export function pointLatestAt(runDirectory: string): void {
  try {
    mkdirSync(runsDirectory, { recursive: true });
    const target = resolve(runDirectory);
    const inside = dirname(target) === resolve(runsDirectory);
    const temporary = `${latest}.${process.pid}.tmp`;
    symlinkSync(inside ? relative(resolve(runsDirectory), target) : target, temporary);
    renameSync(temporary, latest);
  } catch {
    // an explicit --run may be used from a place that cannot be written
  }
}
