/**
 * The phases of a run, after FineWeb's jobs (base, mh1–mh4): each is a number of tasks that do not depend on
 * each other, and begins when all tasks of the one before are done. A task is done when its marker is there;
 * done twice, also at once by two processes, it writes the same bytes.
 */
import { bucketTasks, findBucketPairs } from '../deduplication/bucket-tasks.js';
import { joinClusters, readShardPlan } from '../deduplication/join-clusters.js';
import { mergeGroup, runGroups } from '../deduplication/run-groups.js';
import { finishRun } from './finish-run.js';
import { gatherUnits } from './gathered-units.js';
import { readJson, writeJson } from './json-artifact.js';
import { processUnit } from './process-unit.js';
import type { RunContext } from './run-context.js';
import { readUnit } from './unit-files.js';
import { writeShard } from './write-shard.js';

export const phaseNames = ['pages', 'merge', 'buckets', 'clusters', 'corpus', 'finish'] as const;
export type PhaseName = (typeof phaseNames)[number];

interface Phase {
  /** How many tasks; the phase before must be done. */
  tasks(context: RunContext): Promise<number> | number;
  run(context: RunContext, task: number): Promise<unknown>;
}

const phases: Readonly<Record<PhaseName, Phase>> = {
  pages: {
    tasks: ({ plan }) => plan.units.length,
    run: (context, task) =>
      processUnit(context.plan.units[task]!, {
        store: context.store,
        runner: context.runner,
        keyMaker: context.keyMaker,
        limits: context.plan.limits,
        record: context.plan.record,
        segmentItems: context.plan.segmentItems,
        watch: context.watch,
        signal: context.signal,
        onProgress: (bytes, pages) => context.onProgress(task, bytes, pages),
        onWarning: (message) => context.onWarning('data/archive-damaged', message),
      }),
  },
  merge: {
    tasks: async (context) => runGroups(context.plan, await gatherUnits(context)).length,
    run: mergeGroup,
  },
  buckets: {
    tasks: async (context) =>
      bucketTasks(context.plan, context.keyMaker?.kinds.length ?? 0, await gatherUnits(context)),
    run: findBucketPairs,
  },
  clusters: { tasks: () => 1, run: joinClusters },
  corpus: {
    tasks: async (context) => (await readShardPlan(context))!.starts.length - 1,
    run: writeShard,
  },
  finish: { tasks: () => 1, run: finishRun },
};

export function phaseTasks(name: PhaseName, context: RunContext): Promise<number> | number {
  return phases[name].tasks(context);
}

function markerKey({ plan }: RunContext, name: PhaseName, task: number): string {
  return `${plan.work}/completions/${name}/${String(task).padStart(6, '0')}.json`;
}

export async function isDone(name: PhaseName, task: number, context: RunContext): Promise<boolean> {
  const { store, plan } = context;
  if (name === 'finish')
    return (
      (await readJson<{ fingerprint: string }>(store, `${plan.prefix}/report.json`))?.fingerprint ===
      plan.fingerprint
    );
  if (name === 'pages') return (await readUnit(store, plan.units[task]!))?.done === true;
  return store.has(markerKey(context, name, task));
}

/** Returns what a task has to say beside what it wrote: `finish` the seconds by step. */
export async function runTask(
  name: PhaseName,
  task: number,
  context: RunContext,
): Promise<Readonly<Record<string, number>>> {
  const result = await phases[name].run(context, task);
  if (name === 'finish') return result as Readonly<Record<string, number>>;
  if (name !== 'pages') await writeJson(context.store, markerKey(context, name, task), {});
  return {};
}
