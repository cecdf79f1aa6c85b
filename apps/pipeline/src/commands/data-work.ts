/** `llm data work`: a worker of a queue on Redis. */
import { workBullmq } from '@llm/data/bullmq';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';

export interface DataWorkFlags {
  readonly redis?: string | undefined;
  readonly queue?: string | undefined;
  readonly concurrency: number;
}

export const defaultRedis = 'redis://localhost:6379';

export async function dataWork(flags: DataWorkFlags, { stderr }: Output): Promise<void> {
  const { redis = defaultRedis, queue, concurrency } = flags;
  const interruption = listenForInterruption(() => stderr.write('stopping …\n'));
  stderr.write(`taking ranks from ${new URL(redis).host}; Ctrl-C stops\n`);
  try {
    await workBullmq({ redis, queue, concurrency, signal: interruption.signal });
  } finally {
    interruption.dispose();
  }
}
