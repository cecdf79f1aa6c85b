/**
 * Each launcher for real where its engine is installed; Kubernetes by the published schema of its objects.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Job } from 'kubernetes-models/batch/v1';
import { afterAll, describe, expect, it } from 'vitest';
import { contents, SmallRun } from './fixtures/small-run.js';
import { kubernetesJobs, resumeCommands } from './kubernetes.js';
import { launchLocal } from './local.js';
import { launchRay } from './ray.js';
import { launchSlurm, slurmScript } from './slurm.js';

const run = new SmallRun();
afterAll(() => rmSync(run.directory, { recursive: true, force: true }));

describe('a run on processes of this machine', () => {
  it('ends with the same bytes; a rank that dies is started again', { timeout: 240_000 }, async () => {
    // The first write of every process that writes is its last but for those that go on behind it.
    const command = run.command({ killAt: 30 });
    await launchLocal({ command, tasks: 2, concurrency: 2, attempts: 8 });
    expect(await contents(run.store)).toEqual(await run.expected());
    expect(run.starts().length).toBeGreaterThan(2 * 4 + 2);
  });

  it('names the rank that failed', async () => {
    const command = [process.execPath, '-e', 'process.exit(process.argv.includes("1") ? 3 : 0)', '--'];
    const launch = launchLocal({ command, tasks: 2, attempts: 2 });
    await expect(launch).rejects.toMatchObject({
      code: 'data/launch-failed',
      message: expect.stringContaining('rank 1 of 2 in the phase "pages" ended with 3'),
    });
    await expect(launchLocal({ command: ['/no/such/program'], tasks: 1 })).rejects.toMatchObject({
      code: 'data/launch-failed',
    });
    await expect(launchLocal({ command, tasks: 0 })).rejects.toMatchObject({ code: 'data/launch-invalid' });
  });
});

describe('a run on Kubernetes', () => {
  const launch = {
    command: ['llm', 'data', 'run', '/plans/plan.mjs'],
    tasks: 500,
    concurrency: 40,
    name: 'crawl',
    image: 'registry.example.org/llm:1',
    namespace: 'data',
    volume: { claim: 'corpus', path: '/corpus' },
    secrets: ['s3-credentials'],
    clustersMemory: '16Gi',
  };

  it('is Jobs that the published schema takes', () => {
    const jobs = kubernetesJobs(launch);
    for (const job of jobs) expect(() => new Job(job as never).validate()).not.toThrow();
    const broken = { ...jobs[0]!, spec: { ...jobs[0]!.spec, completions: 'many' } };
    expect(() => new Job(broken as never).validate()).toThrow(/completions/);
    expect(jobs.map(({ metadata, spec }) => [metadata.name, spec.completions, spec.suspend])).toEqual([
      ['crawl-pages', 500, false],
      ['crawl-merge', 500, true],
      ['crawl-buckets', 500, true],
      ['crawl-clusters', 1, true],
      ['crawl-corpus', 500, true],
      ['crawl-finish', 1, true],
    ]);
    expect(JSON.stringify(jobs[0])).toContain(
      '"args":["data","run","/plans/plan.mjs","--rank","$(JOB_COMPLETION_INDEX)","--world","500","--phase","pages"]',
    );
  });

  it('is resumed phase by phase', () => {
    const lines = resumeCommands(kubernetesJobs(launch), 'data');
    expect(lines).toHaveLength(11);
    expect(lines.slice(0, 3)).toEqual([
      'kubectl -n data wait --for=condition=complete --timeout=-1s job/crawl-pages',
      `kubectl -n data patch job/crawl-merge --type=strategic -p '{"spec":{"suspend":false}}'`,
      'kubectl -n data wait --for=condition=complete --timeout=-1s job/crawl-merge',
    ]);
  });
});

describe('the script of a Slurm phase', () => {
  it('is what sbatch reads', () => {
    const script = slurmScript(
      {
        command: ['llm', 'data', 'run', "it's.ts"],
        tasks: 8,
        concurrency: 3,
        logs: '/logs',
        time: '1:00:00',
        memory: '4G',
      },
      'pages',
      8,
    );
    expect(script).toContain('#SBATCH --array=0-7%3\n#SBATCH --output=/logs/pages-%a.log\n');
    expect(script).toContain(
      `llm data run 'it'\\''s.ts' --rank $SLURM_ARRAY_TASK_ID --world 8 --phase pages &\n`,
    );
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
  });
});

describe('a run on Ray', () => {
  const ray = process.env.LLM_RAY;

  it('goes through its phases', { timeout: 300_000 }, async (context) => {
    if (ray === undefined) {
      process.stderr.write('SKIPPED: the test of Ray (pip install "ray[default]", LLM_RAY=…/bin/ray)\n');
      return context.skip();
    }
    const own = new SmallRun();
    const ports = [
      '--port=26399',
      '--dashboard-port=28265',
      '--ray-client-server-port=26400',
      '--dashboard-agent-listen-port=26401',
    ];
    const head = spawn(
      ray,
      ['start', '--head', '--block', '--num-cpus=2', '--disable-usage-stats', ...ports],
      { stdio: 'ignore' },
    );
    try {
      const address = 'http://127.0.0.1:28265';
      while (
        !(await fetch(`${address}/api/version`).then(
          (answer) => answer.ok,
          () => false,
        ))
      )
        await pause(500);
      await launchRay({ command: own.command(), tasks: 2, address, pollSeconds: 0.5 });
      expect(await contents(own.store)).toEqual(await own.expected());
      const failing = launchRay({ command: ['false'], tasks: 1, attempts: 2, address, pollSeconds: 0.5 });
      await expect(failing).rejects.toMatchObject({
        code: 'data/launch-failed',
        message: expect.stringContaining('FAILED after 2 attempts'),
      });
    } finally {
      head.kill('SIGTERM');
      await once(head, 'exit');
      rmSync(own.directory, { recursive: true, force: true });
    }
  });

  it('says where nothing answers', async () => {
    const launch = launchRay({ command: ['true'], tasks: 1, address: 'http://127.0.0.1:9' });
    await expect(launch).rejects.toMatchObject({
      code: 'data/launch-failed',
      message: expect.stringContaining('127.0.0.1:9'),
    });
  });
});

/**
 * One node of Slurm, with its own keys, ports and folders. Undefined where it is not installed or does not
 * start.
 */
class Slurm {
  readonly #pids: string[] = [];

  private constructor(readonly directory: string) {}

  static async start(directory: string): Promise<Slurm | string> {
    for (const program of ['munged', 'slurmctld', 'slurmd', 'sbatch'])
      if (spawnSync('which', [program]).status !== 0)
        return `${program} is not installed (apt-get install slurm-wlm munge)`;
    if (process.getuid?.() !== 0) return 'it needs root here';
    for (const name of ['spool', 'state']) mkdirSync(join(directory, name), { recursive: true });
    chmodSync(directory, 0o755);
    const at = (name: string): string => join(directory, name);
    writeFileSync(at('munge.key'), Buffer.alloc(1024, 'key'), { mode: 0o400 });
    const port = 20_000 + (process.pid % 20_000);
    writeFileSync(
      at('slurm.conf'),
      Object.entries({
        ClusterName: 'test',
        SlurmctldHost: `${hostname()}(127.0.0.1)`,
        SlurmUser: 'root',
        SlurmdUser: 'root',
        AuthInfo: `socket=${at('munge.sock')}`,
        SlurmctldPort: port,
        SlurmdPort: port + 1,
        StateSaveLocation: at('state'),
        SlurmdSpoolDir: at('spool'),
        SlurmctldPidFile: at('slurmctld.pid'),
        SlurmdPidFile: at('slurmd.pid'),
        SlurmctldLogFile: at('slurmctld.log'),
        SlurmdLogFile: at('slurmd.log'),
        ProctrackType: 'proctrack/pgid',
        TaskPlugin: 'task/none',
        SelectType: 'select/cons_tres',
        SelectTypeParameters: 'CR_CPU',
        ReturnToService: 2,
        MpiDefault: 'none',
        SlurmdParameters: 'config_overrides',
        SchedulerParameters: 'sched_interval=1,bf_interval=1,batch_sched_delay=0',
        NodeName: `${hostname()} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN`,
        PartitionName: 'all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES',
      })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    process.env.SLURM_CONF = at('slurm.conf');
    const slurm = new Slurm(directory);
    const files = [
      'key-file=munge.key',
      'socket=munge.sock',
      'pid-file=munged.pid',
      'log-file=munged.log',
      'seed-file=munged.seed',
    ];
    for (const [program, ...parameters] of [
      ['munged', '--force', ...files.map((file) => `--${file.replace('=', `=${directory}/`)}`)],
      ['slurmctld', '-c'],
      ['slurmd', '-c'],
    ]) {
      const started = spawnSync(program!, parameters, { encoding: 'utf8' });
      if (started.status !== 0) return `${program} does not start: ${started.stderr}`;
      slurm.#pids.push(at(`${program}.pid`));
    }
    for (let tries = 0; tries < 100; tries++) {
      if (spawnSync('sinfo', ['-h', '-o', '%T'], { encoding: 'utf8' }).stdout.trim() === 'idle') return slurm;
      await pause(100);
    }
    return 'its node does not come up';
  }

  /** States of all jobs: `COMPLETED`, `PENDING`, …. */
  states(): string[] {
    const { stdout } = spawnSync('squeue', ['-h', '-a', '-r', '-t', 'all', '-o', '%T'], { encoding: 'utf8' });
    return stdout.trim().split('\n');
  }

  stop(): void {
    for (const file of this.#pids.reverse()) {
      try {
        process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
      } catch {
        // ended before
      }
    }
  }
}

describe('a run on Slurm', () => {
  it('goes through its phases; a job that gets the signal is put back and goes on', {
    timeout: 240_000,
  }, async (context) => {
    const own = new SmallRun();
    const slurm = await Slurm.start(join(own.directory, 'slurm'));
    if (typeof slurm === 'string') {
      process.stderr.write(`SKIPPED: the test of Slurm: ${slurm}\n`);
      rmSync(own.directory, { recursive: true, force: true });
      return context.skip();
    }
    try {
      const logs = join(own.directory, 'logs');
      mkdirSync(logs);
      const jobs = await launchSlurm({
        command: own.command({ slow: 60 }),
        tasks: 2,
        logs,
        options: ['--chdir=/'],
      });
      const started = (): number => {
        try {
          return own.starts().length;
        } catch {
          return 0;
        }
      };
      while (started() < 2) await pause(50);
      await pause(500);
      expect(spawnSync('scancel', ['--signal=USR1', '--batch', `${jobs.pages}_1`]).status).toBe(0);
      // A job that was put back waits for its turn; released, it has it at once.
      const timer = setInterval(() => {
        spawnSync('scontrol', ['update', `jobid=${jobs.pages}_1`, 'StartTime=now']);
      }, 1000);
      const isOpen = (state: string): boolean => !/^(?:COMPLETED|FAILED|CANCELLED|NODE_FAIL)$/.test(state);
      while (slurm.states().some(isOpen)) await pause(500);
      clearInterval(timer);
      const output = readdirSync(logs)
        .map((name) => readFileSync(join(logs, name), 'utf8'))
        .join('\n');
      expect(
        slurm.states().filter((state) => state !== 'COMPLETED'),
        output,
      ).toEqual([]);
      expect(await contents(own.store)).toEqual(await own.expected());
      expect(own.starts().filter(([, phase, rank]) => `${phase} ${rank}` === 'pages 1').length).toBe(2);
    } finally {
      slurm.stop();
      await pause(300);
      rmSync(own.directory, { recursive: true, force: true });
    }
  });
});
