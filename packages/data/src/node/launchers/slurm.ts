/**
 * Ranks as Slurm job arrays: an array a phase, each after the one before is done (`afterok`). A job that is
 * about to reach its time limit gets SIGUSR1, ends its rank at the last checkpoint and puts itself back into
 * the queue.
 */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkOptions } from '../../page/check-options.js';
import type { PhaseName } from '../pipeline/phases.js';
import { type Launch, launchError, launchKinds, phaseRanks, rankCommand, shellLine } from './launch.js';

export interface SlurmLaunch extends Launch {
  /** Existing directory, seen by all nodes, for `pages-7.log` and so on. */
  readonly logs: string;
  /** Of a job, as Slurm writes it: `10:00:00`. Default: the partition's. */
  readonly time?: string | undefined;
  readonly partition?: string | undefined;
  readonly cpus?: number | undefined;
  /** As Slurm writes it: `4G`. */
  readonly memory?: string | undefined;
  /** Of `clusters`, which holds 8 bytes a document. Default: as `memory`. */
  readonly clustersMemory?: string | undefined;
  /** Seconds before the limit at which a job is put back. Default 120. */
  readonly noticeSeconds?: number | undefined;
  /** A job that must be done before. */
  readonly depends?: string | undefined;
  /** Further options of `sbatch`. */
  readonly options?: readonly string[] | undefined;
}

/** Slurm's default for `MaxArraySize`. */
const mostTasks = 1000;

/** The script of a phase, for `sbatch`. */
export function slurmScript(launch: SlurmLaunch, phase: PhaseName, world: number): string {
  const { concurrency = world, noticeSeconds = 120, memory, cpus } = launch;
  const options = [
    `--job-name=llm-data-${phase}`,
    `--array=0-${world - 1}%${Math.min(world, concurrency)}`,
    `--output=${join(launch.logs, `${phase}-%a.log`)}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${noticeSeconds}`,
    launch.partition && `--partition=${launch.partition}`,
    launch.time && `--time=${launch.time}`,
    cpus && `--cpus-per-task=${cpus}`,
    phase === 'clusters' && launch.clustersMemory
      ? `--mem=${launch.clustersMemory}`
      : memory && `--mem=${memory}`,
    ...(launch.options ?? []),
  ].filter(Boolean);
  const command = shellLine(rankCommand(launch, phase, '$SLURM_ARRAY_TASK_ID', world));
  return `#!/bin/bash
${options.map((option) => `#SBATCH ${option}`).join('\n')}
requeue() {
  kill -TERM "$rank" 2>/dev/null
  wait "$rank"
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
  exit 0
}
trap requeue USR1
${command} &
rank=$!
wait "$rank"
`;
}

/** Submits all phases and returns their job numbers. Throws `data/launch-failed`. */
export async function launchSlurm(launch: SlurmLaunch): Promise<Readonly<Record<PhaseName, string>>> {
  checkOptions('launchSlurm', launch, {
    ...launchKinds,
    ...({ logs: 'text!', time: 'text', partition: 'text', cpus: 'number', memory: 'text' } as const),
    ...({ clustersMemory: 'text', noticeSeconds: 'number', depends: 'text', options: 'list' } as const),
  });
  if (launch.tasks > mostTasks)
    throw launchError(
      'slurm',
      `an array of ${launch.tasks} tasks is more than the ${mostTasks} that Slurm takes by default; a rank does as many units as there are, so give fewer tasks.`,
    );
  const jobs: Partial<Record<PhaseName, string>> = {};
  let before = launch.depends;
  for (const [phase, world] of phaseRanks(launch)) {
    const after = before === undefined ? [] : [`--dependency=afterok:${before}`, '--kill-on-invalid-dep=yes'];
    before = await submit(['--parsable', ...after], slurmScript(launch, phase, world));
    jobs[phase] = before;
  }
  return jobs as Readonly<Record<PhaseName, string>>;
}

async function submit(parameters: readonly string[], script: string): Promise<string> {
  try {
    const running = promisify(execFile)('sbatch', parameters);
    running.child.stdin!.end(script);
    return (await running).stdout.trim().split(';')[0]!;
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    throw launchError('slurm', `sbatch refused the job: ${(stderr || message).trim()}`, cause);
  }
}
