/**
 * Ranks as jobs of a Ray cluster, over its REST interface (`POST /api/jobs/`): a job a rank, a phase at a
 * time. A rank that fails is submitted again; what it did is kept.
 */

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunOptions, throwIfAborted } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import { type Launch, launchError, launchKinds, phaseRanks, rankCommand, shellLine } from './launch.js';

export interface RayLaunch extends Launch, Pick<RunOptions, 'signal'> {
  /** Of the dashboard: `http://head:8265`. */
  readonly address: string;
  /** Processors of a rank. Default 1. */
  readonly cpus?: number | undefined;
  /** Submissions of a rank before the launch fails. Default 3. */
  readonly attempts?: number | undefined;
  /** Between two looks at a job. Default 2. */
  readonly pollSeconds?: number | undefined;
}

interface RayJob {
  readonly status: 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  readonly message?: string | null;
}

/** Returns when all phases are done. Throws `data/launch-failed`. */
export async function launchRay(launch: RayLaunch): Promise<void> {
  checkOptions('launchRay', launch, {
    ...launchKinds,
    ...({ address: 'text!', cpus: 'number', attempts: 'number', pollSeconds: 'number' } as const),
    signal: 'object',
  });
  const { attempts = 3, concurrency = launch.tasks, signal } = launch;
  for (const [phase, world] of phaseRanks(launch)) {
    const ranks = Array.from({ length: world }, (_, rank) => rank);
    const lane = async (): Promise<void> => {
      for (let rank = ranks.shift(); rank !== undefined; rank = ranks.shift()) {
        for (let attempt = 1; ; attempt++) {
          throwIfAborted(signal);
          const { status, message } = await runJob(
            launch,
            shellLine(rankCommand(launch, phase, rank, world)),
          );
          if (status === 'SUCCEEDED') break;
          if (attempt === attempts) {
            ranks.length = 0;
            const end = `${status} after ${attempts} attempts: ${message ?? 'no message'}`;
            throw launchError('ray', `rank ${rank} of ${world} in the phase "${phase}" is ${end}`);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(world, concurrency) }, lane));
  }
}

async function runJob(launch: RayLaunch, entrypoint: string): Promise<RayJob> {
  const { signal, pollSeconds = 2 } = launch;
  const { submission_id: id } = await ask<{ submission_id: string }>(launch, '/api/jobs/', {
    method: 'POST',
    body: JSON.stringify({ entrypoint, entrypoint_num_cpus: launch.cpus ?? 1 }),
  });
  try {
    for (;;) {
      const job = await ask<RayJob>(launch, `/api/jobs/${id}`);
      if (['STOPPED', 'SUCCEEDED', 'FAILED'].includes(job.status)) return job;
      await pause(pollSeconds * 1000, undefined, { signal });
    }
  } catch (error) {
    if (signal?.aborted) await ask(launch, `/api/jobs/${id}/stop`, { method: 'POST' }).catch(() => undefined);
    throw error;
  }
}

/** Not by `fetch`: its `Sec-Fetch-Mode` makes Ray take it for a browser, which may not submit. */
async function ask<Answer>(
  { address }: RayLaunch,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: string } = {},
): Promise<Answer> {
  const url = new URL(path, address);
  const open = url.protocol === 'https:' ? https.request : http.request;
  const asked = open(url, { method, headers: { 'content-type': 'application/json' } });
  asked.end(body);
  try {
    const [answer] = (await once(asked, 'response')) as [http.IncomingMessage];
    const content = await text(answer);
    if (answer.statusCode !== 200)
      throw new Error(`it answered ${answer.statusCode}: ${content.slice(0, 500)}`);
    return JSON.parse(content) as Answer;
  } catch (cause) {
    const what = (cause as Error).message || (cause as NodeJS.ErrnoException).code;
    throw launchError('ray', `${url.href}: ${what}. Is ${address} the address of the dashboard?`, cause);
  }
}
