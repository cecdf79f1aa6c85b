/**
 * `llm data launch`: the ranks of a plan on an engine. Each rank is `llm data run PLAN --rank r --world n`.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { LlmError } from '@llm/core';
import {
  kubernetesJobs,
  launchLocal,
  launchRay,
  launchSlurm,
  loadDataPlan,
  type PhaseName,
  phasesOf,
  resumeCommands,
} from '@llm/data/node';
import { isRemote } from '../inputs/is-remote.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { type Engine, engines } from './data-engines.js';
import type { PlanFlags } from './data-run.js';
import { defaultRedis } from './data-work.js';

export interface DataLaunchFlags extends PlanFlags {
  readonly tasks: number;
  readonly concurrency?: number | undefined;
  readonly logs?: string | undefined;
  readonly time?: string | undefined;
  readonly partition?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memory?: string | undefined;
  readonly clustersMemory?: string | undefined;
  readonly depends?: string | undefined;
  readonly redis?: string | undefined;
  readonly queue?: string | undefined;
  readonly address?: string | undefined;
  readonly image?: string | undefined;
  readonly name?: string | undefined;
  readonly claim?: string | undefined;
}

/** Flags that an engine knows beside those that all do. */
const ownFlags: Readonly<Record<Engine, readonly string[]>> = {
  local: [],
  slurm: ['logs', 'time', 'partition', 'cpus', 'memory', 'clustersMemory', 'depends'],
  redis: ['redis', 'queue', 'name'],
  kubernetes: ['image', 'name', 'claim', 'cpus', 'memory', 'clustersMemory'],
  ray: ['address', 'cpus'],
};
const commonFlags = [
  'tasks',
  'concurrency',
  'verbose',
  'output',
  'warc',
  'text',
  'jsonl',
  'textField',
  'workers',
];

export async function dataLaunch(
  name: string,
  plan: string,
  flags: DataLaunchFlags,
  output: Output,
): Promise<void> {
  const engine = engines.find((known) => known === name);
  if (engine === undefined) throw wrong(`There is no engine "${name}"; there are ${engines.join(', ')}.`);
  const strange = Object.keys(flags).find((flag) => ![...commonFlags, ...ownFlags[engine]].includes(flag));
  if (strange !== undefined)
    throw wrong(
      `--${strange.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} means nothing to ${engine}.`,
    );
  const { tasks, concurrency, cpus, memory, clustersMemory } = flags;
  const launch = {
    command: [...program(), ...runParameters(plan, withWorkers(engine, flags))],
    tasks,
    concurrency,
    phases: await phasesOfPlan(plan),
  };
  if (engine === 'kubernetes') return printJobs(plan, flags, launch.phases, output);
  const interruption = listenForInterruption(() => output.stderr.write('stopping …\n'));
  const { signal } = interruption;
  try {
    if (engine === 'local') await launchLocal({ ...launch, signal });
    else if (engine === 'ray')
      await launchRay({ ...launch, address: flags.address ?? 'http://localhost:8265', cpus, signal });
    else if (engine === 'redis') {
      const { launchBullmq } = await import('@llm/data/bullmq');
      const onPhase = (phase: string): unknown => output.stderr.write(`phase ${phase}\n`);
      await launchBullmq({
        ...launch,
        redis: flags.redis ?? defaultRedis,
        queue: flags.queue,
        run: flags.name,
        signal,
        onPhase,
      });
    } else {
      const logs = resolve(flags.logs ?? 'logs');
      mkdirSync(logs, { recursive: true });
      const { time, partition, depends } = flags;
      const jobs = await launchSlurm({
        ...launch,
        ...{ logs, time, partition, cpus, memory, clustersMemory, depends },
      });
      for (const [phase, job] of Object.entries(jobs)) output.stdout.write(`${phase}\t${job}\n`);
    }
  } finally {
    interruption.dispose();
  }
}

/**
 * Where an engine gives a rank its processors, it has as many threads: a container sees those of its machine.
 */
function withWorkers(engine: Engine, flags: DataLaunchFlags): PlanFlags {
  const given = engine === 'local' || engine === 'redis' ? undefined : (flags.cpus ?? 1);
  return { ...flags, workers: flags.workers ?? given };
}

/** This program, as it was started, for processes that may start in another directory. */
function program(): string[] {
  const nodeFlags = process.execArgv.map((argument, index) => {
    const isLoader =
      process.execArgv[index - 1] === '--import' && /^[@\w]/.test(argument) && !argument.includes(':');
    return isLoader ? import.meta.resolve(argument) : argument;
  });
  return [process.execPath, ...nodeFlags, process.argv[1]!];
}

function runParameters(plan: string, flags: PlanFlags, isHere = true): string[] {
  const at = (path: string): string => (isHere && !isRemote(path) ? resolve(path) : path);
  const lists = (['warc', 'text', 'jsonl'] as const).flatMap((kind) =>
    flags[kind] === undefined ? [] : [`--${kind}`, ...flags[kind].map(at)],
  );
  return [
    ...['data', 'run', at(plan)],
    ...(flags.output === undefined ? [] : ['--output', at(flags.output)]),
    ...lists,
    ...(flags.textField === undefined ? [] : ['--text-field', flags.textField]),
    ...(flags.workers === undefined ? [] : ['--workers', String(flags.workers)]),
  ];
}

/** All, where the plan is in an image only. */
async function phasesOfPlan(plan: string): Promise<PhaseName[]> {
  return phasesOf(
    existsSync(plan) ? (await loadDataPlan(plan)).deduplication : { sentences: true, substrings: true },
  );
}

function printJobs(
  plan: string,
  flags: DataLaunchFlags,
  phases: readonly PhaseName[],
  { stdout, stderr }: Output,
): void {
  const { image, name = 'llm-data', claim, tasks, concurrency, cpus, memory, clustersMemory } = flags;
  if (image === undefined) throw wrong('Kubernetes needs --image: an image with `llm` and the plan.');
  const [claimName, path] = claim?.split(':') ?? [];
  const volume = claimName === undefined || path === undefined ? undefined : { claim: claimName, path };
  if (claim !== undefined && volume === undefined) throw wrong(`--claim ${claim} is not NAME:PATH.`);
  const command = ['llm', ...runParameters(plan, withWorkers('kubernetes', flags), false)];
  const cpu = cpus === undefined ? undefined : String(cpus);
  const jobs = kubernetesJobs({
    command,
    tasks,
    concurrency,
    phases,
    name,
    image,
    cpu,
    memory,
    clustersMemory,
    volume,
  });
  stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: jobs }, undefined, 2)}\n`);
  stderr.write(`After kubectl apply -f:\n${resumeCommands(jobs).join('\n')}\n`);
}

function wrong(message: string): LlmError {
  return new LlmError({ code: 'pipeline/launch-invalid', message });
}
