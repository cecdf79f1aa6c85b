/** Ranks as processes of this machine, some at a time; one that dies is started again. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { type RunOptions, throwIfAborted } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import { type Launch, launchError, launchKinds, phaseRanks, rankCommand } from './launch.js';

export interface LocalLaunch extends Launch, Pick<RunOptions, 'signal'> {
  /** Starts of a rank before the launch fails. Default 3. */
  readonly attempts?: number | undefined;
}

/** Returns when all phases are done. Throws `data/launch-failed` with the rank that failed. */
export async function launchLocal(launch: LocalLaunch): Promise<void> {
  checkOptions('launchLocal', launch, { ...launchKinds, attempts: 'number', signal: 'object' });
  const { attempts = 3, concurrency = availableParallelism(), signal } = launch;
  for (const [phase, world] of phaseRanks(launch)) {
    const ranks = Array.from({ length: world }, (_, rank) => rank);
    const lane = async (): Promise<void> => {
      for (let rank = ranks.shift(); rank !== undefined; rank = ranks.shift()) {
        for (let attempt = 1; ; attempt++) {
          throwIfAborted(signal);
          const ending = await runProcess(rankCommand(launch, phase, rank, world), signal);
          if (ending === 0) break;
          if (attempt === attempts) {
            ranks.length = 0;
            const ended = `ended with ${ending} in each of ${attempts} attempts`;
            throw launchError('local', `rank ${rank} of ${world} in the phase "${phase}" ${ended}.`);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(world, concurrency) }, lane));
  }
}

/** How a process ended: its exit code, or the signal that ended it. */
export async function runProcess(
  [program, ...parameters]: readonly string[],
  signal?: AbortSignal | undefined,
): Promise<number | string> {
  const child = spawn(program!, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
    return by ?? code!;
  } catch (cause) {
    throw launchError('local', `${program} cannot be started.`, cause);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
