/** A real Redis server, real workers; both are killed with SIGKILL while they work. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { afterAll, describe, expect, it } from 'vitest';
import { contents, nodeCommand, SmallRun } from '../launchers/fixtures/small-run.js';
import { launchBullmq } from './launch-bullmq.js';
import { redisConnection } from './work-bullmq.js';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) {
  const message = 'the test of BullMQ needs redis-server (apt-get install redis-server)';
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`SKIPPED: ${message}\n`);
}

const run = new SmallRun();
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await pause(200);
  rmSync(run.directory, { recursive: true, force: true });
});

function start([program, ...parameters]: readonly string[]): ChildProcess {
  const child = spawn(program!, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  children.add(child);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(50);
}

describe.skipIf(!hasRedis)('a run on BullMQ', () => {
  it('loses and doubles nothing when a worker and the server are killed', { timeout: 180_000 }, async () => {
    const port = await freePort();
    const redis = `redis://127.0.0.1:${port}`;
    const queue = 'test';
    const server = () =>
      start([
        'redis-server',
        '--port',
        `${port}`,
        '--dir',
        run.directory,
        '--appendonly',
        'yes',
        '--appendfsync',
        'always',
        '--save',
        '',
      ]);
    const worker = () =>
      start([...nodeCommand(fileURLToPath(new URL('./fixtures/worker.ts', import.meta.url))), redis, queue]);
    let serving = server();
    await pause(300);
    const first = worker();
    worker();
    let done = false;
    const launched = launchBullmq({
      redis,
      queue,
      run: 'small',
      tasks: 2,
      command: run.command({ slow: 10 }),
    });
    launched.then(() => {
      done = true;
    });
    const started = (): number => {
      try {
        return run.starts().length;
      } catch {
        return 0;
      }
    };
    await until(() => started() >= 2);
    first.kill('SIGKILL');
    await until(() => started() >= 4);
    serving.kill('SIGKILL');
    await once(serving, 'exit');
    await pause(500);
    serving = server();
    worker();
    await launched;
    expect(done).toBe(true);
    expect(await contents(run.store)).toEqual(await run.expected());
    // Every rank of every phase has one job, and it is completed.
    const jobs = new Queue(queue, { connection: redisConnection(redis) });
    const counts = await jobs.getJobCounts();
    await jobs.close();
    expect(counts).toMatchObject({ completed: 2 * 4 + 2 + 6, failed: 0, waiting: 0, active: 0 });
    const ranks = new Set(run.starts().map(([, phase, rank]) => `${phase} ${rank}`));
    expect(ranks.size).toBe(2 * 4 + 2);
    // The rank that the killed worker was at was started again.
    expect(run.starts().length).toBeGreaterThan(ranks.size);
  });
});
