/**
 * A run given to whatever workers listen at a Redis server. The launcher may die: the workers go on by
 * themselves.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { throwIfAborted } from '@llm/core';
import { FlowProducer, Queue } from 'bullmq';
import { checkOptions } from '../../page/check-options.js';
import { type Launch, launchError, launchKinds, phaseRanks } from '../launchers/launch.js';
import { defaultQueue, gateId, phaseFlow } from './run-queue.js';
import { redisConnection } from './work-bullmq.js';

export interface BullmqLaunch extends Launch {
  /** `redis://host:6379`. */
  readonly redis: string;
  /** Default `llm-data`. */
  readonly queue?: string | undefined;
  /**
   * What the run is called in the queue; a launch of the same name waits for that run. Default: a random one.
   */
  readonly run?: string | undefined;
  /** Runs of a rank before the launch fails. Default 3. */
  readonly attempts?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears which phase is waited for. */
  readonly onPhase?: ((phase: string) => void) | undefined;
}

/** Returns when all phases are done. Throws `data/launch-failed`. */
export async function launchBullmq(options: BullmqLaunch): Promise<void> {
  checkOptions('launchBullmq', options, {
    ...launchKinds,
    ...({ redis: 'text!', queue: 'text', run: 'text', attempts: 'number' } as const),
    ...({ signal: 'object', onPhase: 'function' } as const),
  });
  const { redis, queue: name = defaultQueue, run = randomUUID(), attempts = 3, signal } = options;
  const { command, tasks, phases } = options;
  const names = phaseRanks(options).map(([phase]) => phase);
  const connection = redisConnection(redis);
  const flows = new FlowProducer({ connection });
  const queue = new Queue(name, { connection });
  // A server that is away for a while is waited for.
  flows.on('error', () => undefined);
  queue.on('error', () => undefined);
  try {
    await flows.add(phaseFlow(name, run, { command, tasks, phases }, attempts, names[0])!);
    for (const phase of names) {
      options.onPhase?.(phase);
      for (;;) {
        throwIfAborted(signal);
        const job = await queue.getJob(gateId(run, phase));
        const state = await job?.getState();
        if (state === 'completed') break;
        if (state === 'failed')
          throw launchError('bullmq', `the phase "${phase}" failed: ${job!.failedReason}`);
        await pause(250, undefined, { signal });
      }
    }
  } finally {
    await queue.close();
    await flows.close();
  }
}
