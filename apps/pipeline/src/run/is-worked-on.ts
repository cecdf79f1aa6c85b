/** Whether a process works on a run directory now, seen from its lock without taking it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeMyself, parseOwner, stateOf } from './lock-owner.js';
import { lockName, silenceMilliseconds } from './run-lock.js';

/**
 * An owner that cannot be asked counts as alive while its heartbeat is younger than when it is taken
 * over.
 */
export function isWorkedOn(runDirectory: string): boolean {
  const path = join(runDirectory, lockName);
  try {
    const owner = parseOwner(readFileSync(path, 'utf8'));
    if (owner === undefined) return false;
    const state = stateOf(owner, describeMyself());
    return state === 'unseen' ? Date.now() - statSync(path).mtimeMs < silenceMilliseconds : state === 'alive';
  } catch {
    return false;
  }
}
