/**
 * The phase `finish`, one task: dropped pages of all units and shards are put together, the report is
 * written, and the work goes.
 */
import { Funnel } from '../../pipeline/funnel.js';
import { describeIndex } from '../deduplication/describe-index.js';
import { readShardPlan } from '../deduplication/join-clusters.js';
import { buildReport, type DataReport } from './data-report.js';
import { deleteWork } from './earlier-work.js';
import { gatherUnits } from './gathered-units.js';
import { writeJson } from './json-artifact.js';
import { rowNames } from './row-names.js';
import type { RunContext } from './run-context.js';
import { compress } from './shards.js';
import { partKey, readUnit } from './unit-files.js';
import { duplicateRowsKey, readShardResult } from './write-shard.js';

/** Gzip members of many keys, one behind the other in files of a name. */
class Members {
  #members: Uint8Array[] = [];
  #bytes = 0;
  #files = 0;

  constructor(
    readonly context: RunContext,
    readonly name: string,
  ) {}

  async add(key: string): Promise<void> {
    const member = await this.context.store.read(key);
    if (this.#bytes + member.length > fileBytes) await this.flush();
    this.#members.push(member);
    this.#bytes += member.length;
  }

  async flush(): Promise<void> {
    const { store, plan } = this.context;
    const name = this.#files === 0 ? this.name : `${this.name}-${String(this.#files).padStart(5, '0')}`;
    this.#files++;
    const whole = this.#members.length === 0 ? compress('') : Buffer.concat(this.#members);
    await store.write(`${plan.prefix}/${name}.jsonl.gz`, whole);
    this.#members = [];
    this.#bytes = 0;
  }
}

/** Bytes of such a file before the next begins. */
const fileBytes = 256 * 1024 * 1024;

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

  const dropped = new Members(context, 'dropped');
  for (const [unit, { place }] of plan.units.entries())
    for (let part = 0; part < droppedParts[unit]!; part++)
      await dropped.add(partKey(place, 'dropped', part, '.jsonl.gz'));
  for (const [shard, { duplicates, dropped: cut }] of shards.entries())
    if ([duplicates, ...Object.values(cut)].some((reasons) => Object.keys(reasons).length > 0))
      await dropped.add(duplicateRowsKey(plan, shard));
  await dropped.flush();
  if (plan.record.measures !== undefined) {
    const measures = new Members(context, 'measures');
    for (const { source, summary } of units)
      for (let part = 0; part < summary.measureParts; part++)
        await measures.add(partKey(source.place, 'measures', part, '.jsonl.gz'));
    await measures.flush();
  }

  const { deduplication, prefix, fingerprint } = plan;
  if (deduplication !== false && deduplication.index === true)
    await writeJson(
      ...([store, `${prefix}/index/index.json`] as const),
      await describeIndex(
        context,
        deduplication,
        shards.map(({ kept }) => kept),
      ),
    );
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
