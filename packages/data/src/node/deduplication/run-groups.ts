/**
 * Runs of many units → fewer, longer runs, a file a bucket: a phase of its own where there are more runs than
 * a task should open, or where an index is kept for later crawls.
 */

import { copyDocumentIds } from '../pipeline/document-ids.js';
import {
  batchDocuments,
  type GatheredUnits,
  gatherUnits,
  type UnitRun,
  unitRuns,
} from '../pipeline/gathered-units.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import type { RunContext, RunPlan } from '../pipeline/run-context.js';
import { partKey, runDocuments } from '../pipeline/unit-files.js';
import { readWords, wordBytes } from './record-file.js';
import { joinColumns, packRun, type RunSource, readRun } from './sorted-run.js';

/** Runs that a task opens. */
const mostRuns = 256;

/**
 * Runs that are merged into one, of at most `batchDocuments` documents together. Empty: they stay as they
 * are.
 */
export function runGroups(plan: RunPlan, gathered: GatheredUnits): readonly (readonly UnitRun[])[] {
  if (plan.deduplication === false) return [];
  const runs = unitRuns(gathered);
  if (runs.length <= mostRuns && plan.deduplication.index !== true) return [];
  const groups: UnitRun[][] = [];
  let documents = Number.POSITIVE_INFINITY;
  for (const run of runs) {
    if (documents + run.documents > batchDocuments) {
      groups.push([]);
      documents = 0;
    }
    groups[groups.length - 1]!.push(run);
    documents += run.documents;
  }
  return groups;
}

function groupPlace(plan: RunPlan, group: number): string {
  const isIndex = plan.deduplication !== false && plan.deduplication.index === true;
  return partKey(isIndex ? `${plan.prefix}/index` : `${plan.work}/merged`, 'group', group);
}

/** Merges a group. */
export async function mergeGroup(context: RunContext, group: number): Promise<void> {
  const { store, plan, keyMaker } = context;
  const runs = runGroups(plan, await gatherUnits(context))[group]!;
  const buckets = keyMaker!.kinds.length;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const parts = [];
    for (const run of runs) parts.push(await readRun(runSource(context, run, bucket)));
    await store.write(partKey(groupPlace(plan, group), 'bucket', bucket), packRun([joinColumns(parts)]));
  }
  if (plan.deduplication === false || plan.deduplication.index !== true) return;
  // Which document each number of the index stands for.
  const first = runs[0]!.base + runs[0]!.run * runDocuments;
  const names = new Uint32Array(runs.reduce((sum, { documents }) => sum + documents, 0) * 2);
  let at = 0;
  for (const { unit, run } of runs) {
    const places = await readWords(store, partKey(plan.units[unit]!.place, 'places', run));
    for (let place = 0; place < places.length; place += 2) {
      names[at++] = unit;
      names[at++] = places[place]!;
    }
  }
  const named: number[] = [];
  for (const unit of new Set(runs.map((run) => run.unit)))
    if (await copyDocumentIds(store, plan.units[unit]!.place, indexedUnit(`${plan.prefix}/index`, unit)))
      named.push(unit);
  await store.write(`${groupPlace(plan, group)}/documents`, wordBytes(names));
  await writeJson(store, `${groupPlace(plan, group)}/group.json`, {
    first,
    documents: names.length / 2,
    named,
  });
}

/** Where the index `root` keeps the ids of a unit's documents, where they have their own. */
export function indexedUnit(root: string, unit: number): string {
  return partKey(root, 'unit', unit);
}

/** Where an index keeps the spans of a range of keys; `root`: the index. */
export function indexedSpans(root: string, range: number): string {
  return partKey(`${root}/sentences`, 'range', range);
}

/** Documents of an index. */
export interface IndexGroup {
  /** Number of the first. */
  readonly first: number;
  readonly documents: number;
  /** Units whose documents have ids of their own. */
  readonly named: readonly number[];
}

export async function readGroups(context: RunContext): Promise<IndexGroup[]> {
  const groups = runGroups(context.plan, await gatherUnits(context));
  const rows = groups.map((_, group) =>
    readJson<IndexGroup>(context.store, `${groupPlace(context.plan, group)}/group.json`),
  );
  return (await Promise.all(rows)).map((row) => row!);
}

function runSource({ store, plan, keyMaker }: RunContext, run: UnitRun, bucket: number): RunSource {
  return {
    store,
    key: partKey(plan.units[run.unit]!.place, 'run', run.run),
    base: run.base,
    buckets: keyMaker!.kinds.length,
    bucket,
  };
}

/** The runs that hold a bucket of the corpus, in the order of their documents. */
export function bucketRuns(context: RunContext, gathered: GatheredUnits, bucket: number): RunSource[] {
  const groups = runGroups(context.plan, gathered);
  if (groups.length === 0) return unitRuns(gathered).map((run) => runSource(context, run, bucket));
  return groups.map((_, group) => ({
    store: context.store,
    key: partKey(groupPlace(context.plan, group), 'bucket', bucket),
    base: 0,
    buckets: 1,
    bucket: 0,
  }));
}
