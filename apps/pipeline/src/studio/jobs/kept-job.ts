/**
 * The job of a studio as it is kept on disk, so that a server which ends (or is killed) does not take the
 * memory of it along: the next one shows how it stands, and goes on with it.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Job } from '@llm/studio/wire';
import { runsDirectory } from '../../run/latest-run.js';
import { describeMyself, ownerText, parseOwner, stateOf } from '../../run/lock-owner.js';

export interface KeptJob {
  readonly job: Job;
  /** Behind `llm`. */
  readonly parameters: readonly string[];
  /** What goes on with it, behind `llm`; undefined: nothing does. */
  readonly again: readonly string[] | undefined;
  /** Where its process holds the lock; undefined: it holds none. */
  readonly directory: string | undefined;
}

const kind = 'llm/studio-job';
const path = (): string => join(runsDirectory, 'studio-job.json');

/** Throws what the file system says. */
export function keepJob(kept: KeptJob): void {
  mkdirSync(dirname(path()), { recursive: true });
  const server = ownerText(describeMyself());
  const temporary = `${path()}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify({ kind, version: 1, server, ...kept }));
  renameSync(temporary, path());
}

/** Undefined where there is none, it cannot be read, or another server that lives has it. */
export function keptJob(): KeptJob | undefined {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path(), 'utf8'));
  } catch {
    return undefined;
  }
  if (!isKept(found)) return undefined;
  const owner = parseOwner(found.server);
  const isOthers = owner !== undefined && owner.pid !== process.pid;
  return isOthers && stateOf(owner, describeMyself()) === 'alive' ? undefined : found;
}

function isKept(value: unknown): value is KeptJob & { readonly server: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind: found, version, server, job, again } = value as Readonly<Record<string, unknown>>;
  return (
    found === kind &&
    version === 1 &&
    typeof server === 'string' &&
    isJob(job) &&
    (again === undefined || (Array.isArray(again) && again.every((word) => typeof word === 'string')))
  );
}

function isJob(value: unknown): value is Job {
  if (typeof value !== 'object' || value === null) return false;
  const { command, state, startedAt, said } = value as Readonly<Record<string, unknown>>;
  return (
    typeof command === 'string' &&
    ['running', 'stopping', 'ended'].includes(String(state)) &&
    typeof startedAt === 'number' &&
    typeof said === 'string'
  );
}
