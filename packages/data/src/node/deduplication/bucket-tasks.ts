/**
 * The phase `buckets`: a task is one bucket in one range of its keys, read from all runs and sorted in
 * memory. There are as many ranges as it takes for a task to have about `batchDocuments` records.
 */
import { batchDocuments, type GatheredUnits, gatherUnits } from '../pipeline/gathered-units.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import type { RunContext, RunPlan } from '../pipeline/run-context.js';
import { EarlierIndex } from './earlier-index.js';
import { findPairs, pairWords } from './find-pairs.js';
import type { PairFile } from './merge-pairs.js';
import { wordBytes } from './record-file.js';
import { bucketRuns } from './run-groups.js';
import { divisions, joinColumns, readRun } from './sorted-run.js';

function ranges({ bases }: GatheredUnits): number {
  let count = 1;
  while (count < divisions && (bases[bases.length - 1]! - 1) / count > batchDocuments) count *= 2;
  return count;
}

export function bucketTasks(plan: RunPlan, buckets: number, gathered: GatheredUnits): number {
  const isNeeded = plan.deduplication !== false && gathered.bases[gathered.bases.length - 1]! > 1;
  return isNeeded ? buckets * ranges(gathered) : 0;
}

function pairsKey({ work }: RunPlan, task: number): string {
  return `${work}/pairs/${String(task).padStart(6, '0')}`;
}

export async function findBucketPairs(context: RunContext, task: number): Promise<void> {
  const { store, plan, keyMaker } = context;
  const gathered = await gatherUnits(context);
  const perBucket = ranges(gathered);
  const bucket = Math.floor(task / perBucket);
  const width = divisions / perBucket;
  const from = (task % perBucket) * width;
  const read = async (sources: ReturnType<typeof bucketRuns>) => {
    const parts = [];
    for (const source of sources) parts.push(await readRun(source, from, from + width));
    return joinColumns(parts);
  };
  const earlier = [];
  const kind = keyMaker!.kinds[bucket]!;
  for (const index of await earlierIndexes(context))
    earlier.push(await read(index.runs(kind, bucket - keyMaker!.kinds.indexOf(kind))));
  const pairs = findPairs(await read(bucketRuns(context, gathered, bucket)), earlier);
  await store.write(pairsKey(plan, task), wordBytes(pairs));
  await writeJson(store, `${pairsKey(plan, task)}.json`, { bucket, pairs: pairs.length / pairWords });
}

/** The files that the phase wrote. */
export async function pairFiles(context: RunContext): Promise<PairFile[]> {
  const { store, plan, keyMaker } = context;
  const tasks = bucketTasks(plan, keyMaker?.kinds.length ?? 0, await gatherUnits(context));
  const files: PairFile[] = [];
  for (let task = 0; task < tasks; task++) {
    const key = pairsKey(plan, task);
    const row = await readJson<{ readonly bucket: number; readonly pairs: number }>(store, `${key}.json`);
    files.push({ key, bucket: row!.bucket, pairs: row!.pairs });
  }
  return files;
}

interface EarlierContext extends Pick<RunContext, 'store' | 'keyMaker'> {
  readonly plan: Pick<RunPlan, 'deduplication'>;
}

/** Throws what `EarlierIndex.open` does. */
export async function earlierIndexes({
  store,
  plan: { deduplication },
  keyMaker,
}: EarlierContext): Promise<EarlierIndex[]> {
  if (deduplication === false) return [];
  return Promise.all(
    (deduplication.earlier ?? []).map((place) =>
      EarlierIndex.open(store, place, deduplication, keyMaker!.kinds),
    ),
  );
}
