/**
 * One process at a time works on a run directory. The lock is kept alive by a thread of its own, so that work
 * which keeps the program busy for minutes is not taken for death.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LlmError } from '@llm/core';
import { describeSystemError } from '../system-error.js';
import { isHeld, removeRemnants, takeLock } from './lock-file.js';
import { describeMyself, type LockOwner } from './lock-owner.js';

export const lockName = 'run.lock';
const beatMilliseconds = 2000;
export const silenceMilliseconds = 20_000;

export interface RunLockOptions {
  /** Told once, when the owner cannot be asked whether it lives and must be watched. */
  readonly note?: ((line: string) => void) | undefined;
  /**
   * Called when another process took the lock while this one was stopped for long: it must not write any
   * more.
   */
  readonly onLost?: ((error: LlmError) => void) | undefined;
}

/** Throws `pipeline/run-busy` and `pipeline/run-directory-unwritable`. The result releases the lock. */
export function lockRun(runDirectory: string, { note, onLost }: RunLockOptions = {}): () => void {
  const path = join(runDirectory, lockName);
  const onWait = (owner: LockOwner): void =>
    note?.(
      `${path} was taken by ${describe(owner)}: waiting up to ${silenceMilliseconds / 1000} s for a sign that it lives`,
    );
  const lock = attempt(runDirectory, () => takeLock(path, { silenceMilliseconds, onWait }));
  if (!isHeld(lock)) {
    throw new LlmError({
      code: 'pipeline/run-busy',
      message: `${capitalized(describe(lock))} is working on ${runDirectory}. Wait for it, stop it, or choose another directory with --run.`,
      details: { runDirectory, owner: lock.pid, host: lock.host ?? null },
    });
  }
  removeRemnants(path);
  const heart = startHeartbeat(path, lock.text, () =>
    onLost?.(
      new LlmError({
        code: 'pipeline/run-lock-lost',
        message: `Another process took ${path} while this one stood still for more than ${silenceMilliseconds / 1000} s. It stops here, so that they do not write at once.`,
        details: { path },
      }),
    ),
  );
  return () => {
    void heart.terminate();
    lock.release();
  };
}

function attempt<Result>(runDirectory: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new LlmError({
      code: 'pipeline/run-directory-unwritable',
      message: `Cannot use ${runDirectory} as the run directory: ${describeSystemError(cause) ?? String(cause)} Choose another with --run DIR.`,
      details: { path: runDirectory },
      cause,
    });
  }
}

function describe({ pid, host, namespace }: LockOwner): string {
  const here = describeMyself();
  if (host === undefined || (host === here.host && namespace === here.namespace)) return `process ${pid}`;
  return `process ${pid} of another ${host === here.host ? 'container' : 'machine or container'} (${host})`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Writes the same bytes over themselves: the file system's clock marks the time, and a name that belongs to
 * another by now is left alone. A lock that somebody deleted is missed only once another has it.
 */
const beat = `
const { closeSync, openSync, readFileSync, writeSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const timer = setInterval(() => {
  let file;
  try {
    file = openSync(workerData.path, 'r+');
    if (readFileSync(file, 'utf8') === workerData.text) return void writeSync(file, workerData.text, 0);
    clearInterval(timer);
    parentPort.postMessage('lost');
  } catch {
    // deleted, or the disk is away: the next beat may find it again
  } finally {
    if (file !== undefined) closeSync(file);
  }
}, workerData.interval);
`;

function startHeartbeat(path: string, text: string, onLost: () => void): Worker {
  const worker = new Worker(beat, {
    eval: true,
    workerData: { path, text, interval: beatMilliseconds },
    execArgv: [],
  });
  worker.on('message', onLost);
  // Without a heartbeat the lock still holds wherever its owner can be asked.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}
