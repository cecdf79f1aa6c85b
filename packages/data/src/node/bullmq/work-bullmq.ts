/**
 * A process that takes ranks from the queue, as many as join and leave: each rank is a process of its own, so
 * that this one always answers Redis in time. A worker that dies loses its lock, and another takes the rank,
 * which goes on at its last checkpoint.
 */

import { type ConnectionOptions, FlowProducer, type Job, Worker } from 'bullmq';
import { checkOptions } from '../../page/check-options.js';
import { rankCommand } from '../launchers/launch.js';
import { runProcess } from '../launchers/local.js';
import { defaultQueue, nextPhase, phaseFlow, type QueuedWork } from './run-queue.js';

export interface BullmqWorker {
  /** `redis://host:6379`. */
  readonly redis: string;
  /** Default `llm-data`. */
  readonly queue?: string | undefined;
  /** Ranks at once in this process. Default 1: a rank uses all processors. */
  readonly concurrency?: number | undefined;
  /** Seconds without a sign of life before another worker takes a rank. Default 30. */
  readonly lockSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Works until `signal` is aborted; what is at work then is put back. */
export async function workBullmq(options: BullmqWorker): Promise<void> {
  checkOptions('workBullmq', options, {
    ...({ redis: 'text!', queue: 'text', concurrency: 'number', lockSeconds: 'number' } as const),
    signal: 'object',
  });
  const { redis, queue = defaultQueue, concurrency = 1, lockSeconds = 30, signal } = options;
  const connection = redisConnection(redis);
  const flows = new FlowProducer({ connection });
  const work = async (job: Job<QueuedWork>): Promise<void> => {
    const { data } = job;
    if (data.kind === 'gate') {
      const { run, launch, attempts, phase } = data;
      const flow = phaseFlow(queue, run, launch, attempts, nextPhase(launch, phase));
      if (flow !== undefined) await flows.add(flow);
      return;
    }
    const ending = await runProcess(rankCommand(data, data.phase, data.rank, data.world), signal);
    if (ending !== 0)
      throw new Error(`rank ${data.rank} of ${data.world} in ${data.phase} ended with ${ending}`);
  };
  const worker = new Worker<QueuedWork>(queue, work, {
    connection,
    concurrency,
    lockDuration: lockSeconds * 1000,
    stalledInterval: lockSeconds * 1000,
    // Deaths of workers, not of ranks: those are `attempts`.
    maxStalledCount: 100,
  });
  // A server that is away for a while is waited for.
  worker.on('error', () => undefined);
  flows.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  await worker.close();
  await flows.close();
}

/** Reconnects for ever. */
export function redisConnection(redis: string): ConnectionOptions {
  const { hostname, port, username, password, protocol, pathname } = new URL(redis);
  return {
    host: hostname,
    port: port === '' ? 6379 : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(2000, times * 100),
  };
}
