/**
 * One process at a time works on a run directory. The lock names its owner's process id and start time, so
 * the lock of a killed process is recognised and taken over, also when its id was given to another process.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { errorWithCode } from '../system-error.js';

/** Throws `pipeline/run-busy`. The result releases the lock. */
export function lockRun(runDirectory: string): () => void {
  const path = join(runDirectory, 'run.lock');
  const mine = `${process.pid} ${startTimeOf(process.pid) ?? ''}`.trim();
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (errorWithCode(error)?.code !== 'EEXIST') throw error;
    }
    const [owner, started] = readOwner(path);
    if (owner !== undefined && owner !== process.pid && isAlive(owner, started)) {
      throw new LlmError({
        code: 'pipeline/run-busy',
        message: `Process ${owner} is working on ${runDirectory}. Wait for it, stop it, or choose another directory with --run.`,
        details: { runDirectory, owner },
      });
    }
    rmSync(path, { force: true });
  }
}

function readOwner(path: string): [number | undefined, string | undefined] {
  try {
    const [owner, started] = readFileSync(path, 'utf8').split(' ');
    return [Number(owner) || undefined, started];
  } catch {
    return [undefined, undefined];
  }
}

function isAlive(owner: number, started: string | undefined): boolean {
  try {
    process.kill(owner, 0);
  } catch (error) {
    if (errorWithCode(error)?.code === 'ESRCH') return false;
  }
  const now = startTimeOf(owner);
  return now === undefined || started === undefined || now === started;
}

/** Clock ticks since boot at which the process started (Linux), otherwise undefined. */
function startTimeOf(owner: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${owner}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}
