/** Where a run lives: `runs/<time>` by default, with `runs/latest` pointing to the newest. */
import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { describeSystemError, errorWithCode } from '../system-error.js';
import { quoted, typed } from '../terminal/typed-command.js';
import { followPointer, hasLatest, isLatest, latestRun, runsDirectory } from './latest-run.js';

/** The directory that `--run` names; undefined for a new one. `runs/latest` is no place of its own. */
export function wantedRunDirectory(path: string | undefined): string | undefined {
  if (path === undefined || (isLatest(path) && !existsSync(followPointer(path)))) return undefined;
  return followPointer(path);
}

export interface OpenedDirectory {
  /** The real path, short if it can be. */
  readonly path: string;
  /**
   * Deletes what was made here when nothing but the bookkeeping of a start that failed is in it. Whether it
   * did.
   */
  removeIfEmpty(): boolean;
}

/** Creates the directory, a new one without a name, or throws `pipeline/run-directory-unwritable`. */
export function openRunDirectory(wanted: string | undefined): OpenedDirectory {
  try {
    const firstOfRuns = wanted === undefined ? mkdirSync(runsDirectory, { recursive: true }) : undefined;
    const made = wanted ?? makeNewDirectory();
    const first = wanted === undefined ? (firstOfRuns ?? made) : mkdirSync(made, { recursive: true });
    const path = shortPath(made);
    return { path, removeIfEmpty: () => first !== undefined && removeBookkeeping(path, first) };
  } catch (cause) {
    const place = wanted ?? runsDirectory;
    throw new LlmError({
      code: 'pipeline/run-directory-unwritable',
      message: `Cannot use ${place} as the run directory: ${describeSystemError(cause) ?? String(cause)} Choose another with --run DIR.`,
      details: { path: place },
      cause,
    });
  }
}

/**
 * `runs/2026-01-31T12-00-59`, in local time; another name for each of several processes that start within a
 * second.
 */
function makeNewDirectory(now = new Date()): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const base = join(runsDirectory, local.toISOString().slice(0, 19).replaceAll(':', '-'));
  for (let copy = 1; ; copy++) {
    const path = copy === 1 ? base : `${base}-${copy}`;
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if (errorWithCode(error)?.code !== 'EEXIST') throw error;
    }
  }
}

/** The directory of a finished or started run. Throws `pipeline/run-missing`. */
export function existingRunDirectory(path: string | undefined): string {
  const wanted = followPointer(path ?? latestRun);
  if (existsSync(join(wanted, 'config.json'))) return shortPath(wanted);
  throw new LlmError({
    code: 'pipeline/run-missing',
    message: missingMessage(path, wanted),
    details: { path: wanted },
  });
}

function missingMessage(path: string | undefined, wanted: string): string {
  if (path !== undefined && !isLatest(path))
    return `${path} is not a run directory: it has no config.json. Start a run there with: ${typed(`run --run ${quoted(path)}`)}`;
  const gone = wanted !== latestRun && !existsSync(wanted);
  const others = existsSync(runsDirectory)
    ? readdirSync(runsDirectory)
        .filter((name) => existsSync(join(runsDirectory, name, 'config.json')))
        .sort()
    : [];
  const newest = others.at(-1);
  if (newest !== undefined && !hasLatest())
    return `${latestRun} ${gone ? `points to ${wanted}, which is gone` : 'leads to no run'}. Name one of the ${others.length} that are there: --run ${quoted(join(runsDirectory, newest))}`;
  return `There is no run yet (${latestRun} does not exist here). Start one with: ${typed('run')}`;
}

function shortPath(path: string): string {
  const real = realpathSync(path);
  const short = relative('.', real);
  return short === '' || short.startsWith('..') ? real : short;
}

/** What a start writes before the first stage keeps anything. */
const bookkeeping =
  /^(config\.json|events\.jsonl|run\.lock.*|report\.(json|md|html)|[a-z]+\/stage\.json|data\/work\/run\.json|.*\.tmp)$/;

function removeBookkeeping(path: string, firstCreated: string): boolean {
  const kept = readdirSync(path, { recursive: true, withFileTypes: true }).filter(
    (entry) =>
      !entry.isDirectory() &&
      !bookkeeping.test(relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  );
  if (kept.length > 0) return false;
  rmSync(path, { recursive: true, force: true });
  try {
    // So are the folders above it that were made for it.
    for (let made = resolve(path); made !== resolve(firstCreated); made = dirname(made))
      rmdirSync(dirname(made));
  } catch {
    // somebody put something else there
  }
  return true;
}
