/**
 * The phase `finish`, one task: dropped pages of all units and shards are put together, the report is
 * written, and the work goes.
 */
import { Funnel } from '../../pipeline/funnel.js';
import { type IndexDescription, keyMaking } from '../deduplication/earlier-index.js';
import { readShardPlan } from '../deduplication/join-clusters.js';
import { readGroups } from '../deduplication/run-groups.js';
import { buildReport, type DataReport } from './data-report.js';
import { deleteWork } from './earlier-work.js';
import { gatherUnits } from './gathered-units.js';
import { writeJson } from './json-artifact.js';
import { rowNames } from './row-names.js';
import type { RunContext } from './run-context.js';
import { compress } from './shards.js';
import { partKey, readUnit } from './unit-files.js';
import { duplicateRowsKey, readShardResult } from './write-shard.js';

/** Bytes of a file of dropped pages before the next begins. */
const droppedBytes = 256 * 1024 * 1024;

/** Returns the seconds by step, added up over everybody who worked. */
export async function finishRun(context: RunContext): Promise<Readonly<Record<string, number>>> {
  const { store, plan, runner } = context;
  const { starts } = (await readShardPlan(context))!;
  const { droppedParts } = await gatherUnits(context);
  const units = [];
  for (const source of plan.units) units.push({ source, summary: (await readUnit(store, source))! });
  const shards = [];
  for (let shard = 0; shard < starts.length - 1; shard++)
    shards.push((await readShardResult(context, shard))!);

  let members: Uint8Array[] = [];
  let [bytes, files] = [0, 0];
  const flush = async (): Promise<void> => {
    const name = files === 0 ? 'dropped' : `dropped-${String(files).padStart(5, '0')}`;
    files++;
    const whole = members.length === 0 ? compress('') : Buffer.concat(members);
    await store.write(`${plan.prefix}/${name}.jsonl.gz`, whole);
    members = [];
    bytes = 0;
  };
  const add = async (key: string): Promise<void> => {
    const member = await store.read(key);
    if (bytes + member.length > droppedBytes) await flush();
    members.push(member);
    bytes += member.length;
  };
  for (const [unit, { place }] of plan.units.entries())
    for (let part = 0; part < droppedParts[unit]!; part++)
      await add(partKey(place, 'dropped', part, '.jsonl.gz'));
  for (const [shard, { duplicates, dropped }] of shards.entries())
    if ([duplicates, ...Object.values(dropped)].some((reasons) => Object.keys(reasons).length > 0))
      await add(duplicateRowsKey(plan, shard));
  await flush();

  const { deduplication, prefix, fingerprint } = plan;
  if (deduplication !== false && deduplication.index === true) {
    const index: IndexDescription = {
      kind: 'deduplication-index',
      version: 2,
      making: keyMaking(deduplication),
      kinds: context.keyMaker!.kinds,
      labels: plan.units.map(({ label }) => label),
      groups: await readGroups(context),
    };
    await writeJson(store, `${prefix}/index/index.json`, index);
  }
  const seconds: Record<string, number> = {};
  for (const worked of [...units.map(({ summary }) => summary), ...shards])
    for (const [step, value] of Object.entries(worked.seconds)) seconds[step] = (seconds[step] ?? 0) + value;
  const report: DataReport = buildReport({
    fingerprint,
    units,
    funnel: new Funnel(rowNames(runner.steps)),
    deduplication,
    shards,
  });
  await writeJson(store, `${prefix}/report.json`, report, 2);
  await deleteWork(store, prefix);
  return seconds;
}
