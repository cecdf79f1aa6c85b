/**
 * The phases of a run, after FineWeb's jobs (base, mh1–mh4), and those of `span-rounds.ts`: each is a number
 * of tasks that do not depend on each other, and begins when all tasks of the one before are done. A task is
 * done when its marker is there; done twice, also at once by two processes, it writes the same bytes.
 */
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import { bucketTasks, findBucketPairs } from '../deduplication/bucket-tasks.js';
import { findSpans } from '../deduplication/find-spans.js';
import { joinClusters } from '../deduplication/join-clusters.js';
import { markRepeats } from '../deduplication/mark-repeats.js';
import { mergeGroup, runGroups } from '../deduplication/run-groups.js';
import {
  hasRound,
  type RoundName,
  repeatTasks,
  roundNames,
  shardStarts,
  spanTasks,
} from '../deduplication/span-rounds.js';
import { finishRun } from './finish-run.js';
import { gatherUnits } from './gathered-units.js';
import { readJson, writeJson } from './json-artifact.js';
import { processUnit } from './process-unit.js';
import type { RunContext } from './run-context.js';
import { readUnit } from './unit-files.js';
import { writeShard } from './write-shard.js';

export const phaseNames = [
  ...(['pages', 'merge', 'buckets', 'clusters'] as const),
  ...(['sentences', 'sentences-repeats', 'seeds', 'seeds-repeats', 'windows', 'windows-repeats'] as const),
  ...(['corpus', 'finish'] as const),
] as const;
export type PhaseName = (typeof phaseNames)[number];

/** The phases of a run that have something to do. */
export function phasesOf(deduplication: DeduplicationOptions | false = {}): PhaseName[] {
  const rounds = roundNames.filter((round) => hasRound(deduplication, round));
  const isRound = (phase: PhaseName, round: RoundName): boolean =>
    phase === round || phase === `${round}-repeats`;
  return phaseNames.filter(
    (phase) =>
      !roundNames.some((round) => isRound(phase, round)) || rounds.some((round) => isRound(phase, round)),
  );
}

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
  ...spanPhases('sentences'),
  ...spanPhases('seeds'),
  ...spanPhases('windows'),
  corpus: {
    tasks: async (context) => (await shardStarts(context)).length - 1,
    run: writeShard,
  },
  finish: { tasks: () => 1, run: finishRun },
};

type SpanPhases<Round extends RoundName> = Readonly<Record<Round | `${Round}-repeats`, Phase>>;

/** No tasks where the run is not asked for them. */
function spanPhases<Round extends RoundName>(round: Round): SpanPhases<Round> {
  const phases: Record<string, Phase> = {
    [round]: {
      tasks: (context) => spanTasks(context, round),
      run: (context, task) => findSpans(context, round, task),
    },
    [`${round}-repeats`]: {
      tasks: (context) => repeatTasks(context, round),
      run: (context, task) => markRepeats(context, round, task),
    },
  };
  return phases as SpanPhases<Round>;
}

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
